"""An edited tracking table: which cells were changed, which events and edits they mean, and what comes of them."""
