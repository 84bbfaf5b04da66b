"""What can be seen: each view paints the state, and changes nothing."""
