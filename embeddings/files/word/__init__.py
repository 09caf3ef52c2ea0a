"""Files of word processors: what their page shows, to drafts."""
