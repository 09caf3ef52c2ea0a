"""Objects with named fields to drafts: JSON, a table's rows, Markdown's front matter."""
