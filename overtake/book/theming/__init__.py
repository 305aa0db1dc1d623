"""What the book's pages get besides their content: look, formulas, security policy, links."""
