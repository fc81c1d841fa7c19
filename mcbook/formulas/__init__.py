"""The numbered statements of the notes, and the checks of what they say."""
