"""What all commands share: options, output, languages and exit codes."""
