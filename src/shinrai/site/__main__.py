"""Run `shinrai` as `python -m shinrai.site`."""

from shinrai.site.main import main

main()
