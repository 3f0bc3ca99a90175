"""Files that people attach: looked into, kept outside the web root, given out with permission."""
