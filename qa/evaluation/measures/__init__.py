"""What a figure is: answers, rankings and confidences scored, and how much of a score is chance."""
