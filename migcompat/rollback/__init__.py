"""What to do when a production deploy went bad: a guide by failure class, in general and for the deploy at hand."""
