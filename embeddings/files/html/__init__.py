"""Web pages to drafts: what is text of the article, and what the page states of it."""
