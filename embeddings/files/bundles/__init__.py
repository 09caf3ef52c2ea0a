"""Many articles in one file, as press databases deliver them, to drafts."""
