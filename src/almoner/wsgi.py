"""The web application, for any WSGI server (`almoner serve` runs it on granian)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.settings")
application = get_wsgi_application()
