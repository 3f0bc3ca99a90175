"""Why something may not stand in the log of sessions, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SESSIONS: dict[str, str | Promise] = {
    "client_name": _(
        "This has Chinese characters and may be a name. A client has a code here, never a name: "
        "use the code from your centre's own list, such as K0012-3."
    ),
    "client_spaces": _("A code has no spaces. Enter it as it stands in your centre's own list."),
    "client_id_card": _(
        "This looks like the number of an identity card. It must not be stored: use the client's "
        "code from your centre's own list."
    ),
    "client_phone": _(
        "This looks like a phone number or another long number of a person. It must not be stored: "
        "use the client's code from your centre's own list."
    ),
    "client_pattern": _(
        "A code has 3 to 20 capital letters, digits and hyphens, such as K0012-3. "
        "Enter it as it stands in your centre's own list."
    ),
    "client_no_digit": _(
        "This has no digit and may be a name. A client's code has a digit, such as K0012-3."
    ),
    "note_number": _(
        "The note has a long number: a phone or an identity card. Leave it out; no note may tell "
        "who somebody is."
    ),
    "note_long": _("The note is too long: use at most %(most)s characters."),
    "minutes_missing": _("Enter how many minutes it lasted."),
    "minutes_range": _("Enter whole minutes from 1 to %(most)s."),
    "nobody_came": _("If nobody came it did not happen: choose that, and say why."),
    "client_missing": _("Enter the client's code. It keeps people apart without naming them."),
    "client_of_group": _("A group has no single client: leave the code empty."),
    "participants_missing": _("Enter how many people took part."),
    "participants_range": _("Enter a whole number of people from 1 to %(most)s."),
    "late_range": _("Enter how late it began in whole minutes from 0 to %(most)s."),
    "why_not_given": _("It happened: leave the reason why it did not empty."),
    "why_not_missing": _("Choose why it did not happen."),
    "why_note_missing": _("Say in a few words why it did not happen, without names."),
    "did_not_happen": _("It did not happen: leave this empty."),
    "future": _("This time has not come yet. Log a session when it is over."),
    "not_over": _(
        "By these minutes it is not over yet. Log it when it is over, or correct start and minutes."
    ),
    "other_provider": _("This contract is another provider's. Choose a term of your own."),
    "outside_contract": _(
        "The contract runs from %(first)s to %(last)s, and this day lies outside. "
        "Correct the day or choose another contract."
    ),
    "not_employed": _(
        "The worker was not employed on this day. Correct the day; if it is right, the register of "
        "workers has to be corrected first."
    ),
    "logged_already": _(
        "This session is in the record already, as %(other)s. Nothing needs to be done."
    ),
    "two_places": _(
        "The worker was in session %(other)s from %(begins)s to %(ends)s, and nobody can be in two "
        "places at once. Correct the time here, or correct that session."
    ),
    "long_day": _(
        "With this session the day has %(total)s minutes; above %(most)s the public record asks "
        "about it. If it is right, tick the box and send again."
    ),
    "late_entry": _(
        "This is entered more than %(days)s days afterwards. The public record asks about months "
        "with many such entries. If it is right, tick the box and send again."
    ),
    "no_worker": _(
        "Your account is not linked to a social worker yet. Ask your director or administrator "
        "to link it."
    ),
    "no_term": _("Choose what it was: there is no such term in a contract of yours."),
    "sent_already": _(
        "This form was sent already and is in the log as %(id)s. What you changed since is not "
        "saved: correct that line, or begin a new one."
    ),
    "nothing_chosen": _("Tick the sessions that you want to confirm."),
    "no_session": _("There is no session %(id)s in the log."),
    "own_session": _(
        "You entered session %(id)s or it is your own. Whoever works may not confirm himself: "
        "a colleague has to do it. Nothing was confirmed."
    ),
    "not_waiting": _(
        "Session %(id)s does not wait to be confirmed any more: somebody else was faster. "
        "Nothing was confirmed; look at the list again."
    ),
    "superseded_already": _(
        "Session %(id)s was replaced already. Read the newer line and correct that one."
    ),
    "undone_already": _("The import of session %(id)s was undone: there is nothing to correct."),
    "reason_needed": _("Say what was wrong with the earlier line. Both stay readable."),
    "nothing_changed": _("Nothing is different from the earlier line. Change what was wrong."),
    "no_person": _("Choose a person who is a social worker of the provider."),
    "no_such_worker": _("There is no such worker. Choose one from the list."),
    "not_social_worker": _(
        "This person does not hold the part of social worker for the provider that employs "
        "%(worker)s today. An administrator can grant it."
    ),
    "linked_already": _(
        "This person, or worker %(worker)s, is linked already. End that link first."
    ),
    "long_day_row": _(
        "With this session the worker's day has %(total)s minutes; above %(most)s the public "
        "record asks about it."
    ),
    "two_places_row": _(
        "The worker was in session %(other)s from %(begins)s to %(ends)s (# is a row of this "
        "file), and nobody can be in two places at once. Correct the time."
    ),
    "file_big": _("The file is larger than %(most)s. Split the month into two files."),
    "not_xlsx": _(
        "This is no XLSX file, or it is protected by a password. Open it in your spreadsheet "
        "program and save it as “Excel workbook (.xlsx)” without a password."
    ),
    "file_broken": _(
        "The file is damaged and cannot be read. Copy its rows into a new template and send that."
    ),
    "file_unpacks": _(
        "Unpacked, the file is far larger than a month of sessions. Copy its rows into a new "
        "template and send that."
    ),
    "too_many_rows": _("The sheet has more than %(most)s rows. Send one month of one contract."),
    "too_many_columns": _(
        "The sheet has more than %(most)s columns. Copy its rows into a new template."
    ),
    "has_formula": _(
        "Cell %(cell)s holds a formula. Copy all cells, paste them as values, and send it again."
    ),
    "has_merged": _(
        "Cells %(cells)s are merged. Unmerge them, so that each row has its own cells."
    ),
    "no_headings": _(
        "The first row lacks these headings: %(missing)s. Take the template and keep its first row."
    ),
    "no_rows": _("There is no row to import: fill in the rows below the example."),
    "file_applied": _(
        "This very file is in the log already, as import %(id)s. If it was wrong, undo that one "
        "first."
    ),
    "no_contract": _("Choose a contract."),
    "no_import": _("There is no import %(id)s."),
    "import_uploaded": _("Import %(id)s is not in the log: there is nothing to undo."),
    "import_applied": _("Import %(id)s is in the log already; it can be applied only once."),
    "import_undone": _(
        "Import %(id)s was undone. Send the file again if its sessions belong in the log."
    ),
    "import_faulty": _(
        "%(number)s of its rows cannot be imported any more, because the record has changed. "
        "Go back: each is named there."
    ),
    "cell_empty": _("This cell is empty. Fill it in."),
    "cell_day": _("“%(text)s” is no day. Write it as 2026-06-30."),
    "cell_time": _("“%(text)s” is no time. Write it as 14:30."),
    "cell_term": _(
        "“%(text)s” is no term of this contract. The second sheet of the template lists them."
    ),
    "cell_worker": _(
        "“%(text)s” is no worker of yours. The second sheet of the template lists them."
    ),
    "cell_yes_no": _("“%(text)s” is neither yes nor no. Write “是” or “否”, “yes” or “no”."),
    "cell_whole": _("“%(text)s” is no whole number. Write it in digits alone, such as 60."),
    "cell_why_not": _(
        "“%(text)s” is no such reason. Write “acceptable”, “not acceptable” or “logistics”."
    ),
    "other_month": _("The first row is of %(month)s, this one of another month. Send it apart."),
}
