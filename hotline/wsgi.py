"""The web application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from hotline.start import look

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hotline.settings")

application = get_wsgi_application()
look()
