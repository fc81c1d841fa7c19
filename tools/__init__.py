"""The instructor's desk: run notebooks fast, store them cleanly, and know what a change concerns. No page needs it."""
