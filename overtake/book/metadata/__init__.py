"""What clients read of a page: citation tags, link previews, linked data, links, sitemap."""
