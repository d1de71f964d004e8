"""The rules, one a file. `every` lists them; a check loads those that it asks (`asked`)."""
