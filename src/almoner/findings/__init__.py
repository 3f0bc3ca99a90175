"""What the record should make somebody ask: one definition a finding, computed by an engine."""
