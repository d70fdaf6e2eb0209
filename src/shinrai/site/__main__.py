"""`python -m shinrai.site` is `shinrai`."""

from shinrai.site.main import main

main()
