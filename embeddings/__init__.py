"""Articles to passages to vectors to the nearest passages: knows nothing of answers or HTTP."""
