"""What both chapters share."""
