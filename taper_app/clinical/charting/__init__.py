"""What is charted at the bedside: observation sets, their scores, and the case that a judgement is asked about."""
