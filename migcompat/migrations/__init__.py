"""Which files are migrations, in what order, and which part of each goes forward."""
