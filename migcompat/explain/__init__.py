"""What a rule means, and what a migration does to running code, in words and SQL; pure, and without the parser."""
