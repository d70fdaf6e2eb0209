"""Settings, URLs, startup and main(); the only package that may import every other one."""
