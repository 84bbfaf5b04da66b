"""The proof of the choice: cases made from the rules, and other choosers beside ours."""
