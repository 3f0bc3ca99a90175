"""Base layout, components, charts, formatting, sign-in and the demonstration clock."""
