"""The findings by stage: a TOML file of definitions and a module of rules each."""
