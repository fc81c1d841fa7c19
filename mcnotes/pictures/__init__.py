"""Pictures: what draws, what shows a drawing, and what puts sliders on it."""
