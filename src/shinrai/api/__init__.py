"""HTTP API: the frame that programs are answered in; packages bring their own endpoints."""
