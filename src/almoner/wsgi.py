"""The web application, for any WSGI server (`almoner serve` runs it on granian)."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "almoner.settings")
application = get_wsgi_application()
if settings.WATCH:
    from almoner.watch.worker import WORKER

    WORKER.begin()
