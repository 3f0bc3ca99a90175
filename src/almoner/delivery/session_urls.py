"""The addresses of the log of sessions and of imports into it."""

from django.urls import path

from almoner.delivery.views import imports, sessions, workers

urlpatterns = [
    path("desk/sessions/", sessions.sessions, name="sessions"),
    path("desk/sessions/today/", sessions.log, name="session-log"),
    path("desk/sessions/confirm/", sessions.confirm, name="session-confirm"),
    path("desk/sessions/workers/", workers.workers, name="session-workers"),
    path("desk/sessions/workers/<ref:ref>/unlink/", workers.unlink, name="session-worker-unlink"),
    path("desk/people/workers/", workers.workers_everywhere, name="people-workers"),
    path(
        "desk/people/workers/<ref:ref>/unlink/",
        workers.unlink_everywhere,
        name="people-worker-unlink",
    ),
    path("desk/sessions/lines/<ref:ref>/", sessions.session, name="session"),
    path("desk/sessions/lines/<ref:ref>/correct/", sessions.supersede, name="session-supersede"),
    path(
        "desk/sessions/lines/<ref:ref>/correct-checked/",
        sessions.supersede_checked,
        name="session-supersede-checked",
    ),
    path("desk/sessions/imports/", imports.imports, name="imports"),
    path("desk/sessions/imports/upload/", imports.upload, name="import-upload"),
    path(
        "desk/sessions/imports/template/<ref:ref>/", imports.import_template, name="import-template"
    ),
    path("desk/sessions/imports/<ref:ref>/", imports.batch, name="import"),
    path("desk/sessions/imports/<ref:ref>/apply/", imports.apply, name="import-apply"),
    path("desk/sessions/imports/<ref:ref>/undo/", imports.undo, name="import-undo"),
]
