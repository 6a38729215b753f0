"""What the form says, in three languages: questions, hints, flaws, and what happens next."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.explanation import Sentence, Value, sentence


def _s(fi: str, sv: str, en: str) -> Sentence:
    return Sentence(fi=fi, sv=sv, en=en)


TITLE: Final = _s("Ilmoita häiriöstä", "Anmäl en störning", "Report a disturbance")
LEAD: Final = _s(
    "Kerro, mikä ei toimi. Kolme ensimmäistä kohtaa riittää; muut voit jättää tyhjiksi.",
    "Berätta vad som inte fungerar. De tre första punkterna räcker; de andra kan du lämna tomma.",
    "Tell what does not work. The first three answers are enough; you can leave the rest empty.",
)
NO_PATIENTS: Final = _s(
    "Älä kirjoita potilastietoja tai henkilötunnuksia mihinkään kohtaan.",
    "Skriv inga patientuppgifter eller personbeteckningar någonstans.",
    "Write no patient data and no personal identity codes anywhere.",
)
KNOWN: Final = _s("Jo tiedossa", "Redan känt", "Already known")
KNOWN_HINT: Final = _s(
    "Ilmoita silti, jos et ole varma, onko kyse samasta asiasta.",
    "Anmäl ändå om du inte är säker på att det är samma sak.",
    "Report it all the same if you are not sure that it is the same thing.",
)
STATUS: Final = _s("Häiriöt ja huollot nyt", "Störningar och underhåll nu", "Disturbances and maintenance now")
LANGUAGES: Final = _s("Kieli", "Språk", "Language")
SEND: Final = _s("Lähetä ilmoitus", "Skicka anmälan", "Send the report")
MORE: Final = _s("Lisätietoja, jos tiedät", "Mer, om du vet", "More, if you know it")
OPTIONAL: Final = _s("(ei pakollinen)", "(frivilligt)", "(optional)")
YES: Final = _s("Kyllä", "Ja", "Yes")
NO: Final = _s("Ei", "Nej", "No")
DO_NOT_KNOW: Final = _s("En tiedä", "Vet inte", "I do not know")
ERROR: Final = _s("Virhe", "Fel", "Error")
NOT_SENT: Final = _s(
    "Ilmoitusta ei vielä lähetetty. Korjaa:",
    "Anmälan är inte skickad än. Rätta:",
    "The report is not sent yet. Correct:",
)

LABELS: Final[Mapping[str, Sentence]] = {
    "what": _s("Mikä ei toimi?", "Vad fungerar inte?", "What does not work?"),
    "since": _s("Mistä alkaen?", "Sedan när?", "Since when?"),
    "since_day": _s("Päivä", "Dag", "Day"),
    "since_time": _s("Kellonaika", "Klockslag", "Time"),
    "ongoing": _s("Jatkuuko häiriö vielä?", "Pågår störningen fortfarande?", "Is it still going on?"),
    "patient_safety": _s(
        "Vaikuttaako se potilasturvallisuuteen?", "Påverkar den patientsäkerheten?", "Does it affect patient safety?"
    ),
    "data_protection": _s(
        "Onko tietoja voinut joutua vääriin käsiin, muuttua tai kadota?",
        "Kan uppgifter ha hamnat i fel händer, ändrats eller försvunnit?",
        "May data have reached the wrong people, been changed or been lost?",
    ),
    "contact": _s("Keneltä voi kysyä lisää?", "Vem kan man fråga?", "Who can be asked?"),
    "system": _s("Mikä tietojärjestelmä?", "Vilket informationssystem?", "Which information system?"),
    "service": _s("Mikä Kanta-palvelu?", "Vilken Kanta-tjänst?", "Which Kanta service?"),
    "place": _s("Missä vika näyttää olevan?", "Var verkar felet vara?", "Where does the fault seem to be?"),
    "symptom": _s("Virheilmoitus tai -koodi", "Felmeddelande eller felkod", "Error message or code"),
    "tried": _s("Mitä on jo kokeiltu?", "Vad har redan prövats?", "What has been tried?"),
    "message_ids": _s("Kanta-sanomien tunnisteet", "Kanta-meddelandens identifierare", "Ids of Kanta messages"),
    "units_hit": _s("Montako yksikköä se koskee?", "Hur många enheter berörs?", "How many units are affected?"),
    "users_hit": _s("Montako käyttäjää se koskee?", "Hur många användare berörs?", "How many users are affected?"),
    "files": _s("Liitteet", "Bilagor", "Attachments"),
}
HINTS: Final[Mapping[str, Sentence]] = {
    "what": _s(
        "Esimerkiksi: reseptit eivät avaudu osastolla 3.",
        "Till exempel: recepten öppnas inte på avdelning 3.",
        "For example: prescriptions do not open on ward 3.",
    ),
    "since": _s(
        "Suomen aikaa. Valmiina on hetki, jona lomake avattiin: korjaa, jos häiriö alkoi aiemmin.",
        "Finsk tid. Här står när formuläret öppnades: rätta om störningen började tidigare.",
        "Finnish time. It says when the form was opened: correct it if it began earlier.",
    ),
    "contact": _s(
        "Nimi tai yksikkö ja puhelinnumero.",
        "Namn eller enhet och telefonnummer.",
        "A name or unit, and a telephone number.",
    ),
    "message_ids": _s("Yksi riville.", "En per rad.", "One on each line."),
    "files": _s(
        "Esimerkiksi kuva virheilmoituksesta, jossa ei näy potilastietoja. PDF, kuva (PNG, JPEG, TIFF), Word (.docx)"
        " tai tekstitiedosto; enintään 20 tiedostoa, kukin enintään 20 Mt ja kaikki yhteensä enintään 40 Mt.",
        "Till exempel en bild av felmeddelandet där inga patientuppgifter syns. PDF, bild (PNG, JPEG, TIFF), Word"
        " (.docx) eller textfil; högst 20 filer, var och en högst 20 MB och alla tillsammans högst 40 MB.",
        "For example a picture of the error message that shows no patient data. A PDF, picture (PNG, JPEG, TIFF), Word"
        " (.docx) or text file; at most 20 files, each of at most 20 MB and all together of at most 40 MB.",
    ),
}
FILES_AGAIN: Final = _s(
    "Valitse liitteet uudelleen: selain ei säilytä niitä.",
    "Välj bilagorna på nytt: webbläsaren behåller dem inte.",
    "Choose the attachments again: the browser does not keep them.",
)
PLACES: Final[Mapping[str, Sentence]] = {
    "unknown": DO_NOT_KNOW,
    "ours": _s("Omassa tietojärjestelmässä", "I det egna informationssystemet", "In our own information system"),
    "kanta": _s("Kanta-palveluissa", "I Kanta-tjänsterna", "In the Kanta services"),
    "network": _s("Tietoliikenteessä", "I datatrafiken", "In the network"),
}

FLAWS: Final[Mapping[str, Sentence]] = {
    "what": _s("Kirjoita, mikä ei toimi.", "Skriv vad som inte fungerar.", "Write what does not work."),
    "ongoing": _s(
        "Valitse, jatkuuko häiriö vielä.",
        "Välj om störningen fortfarande pågår.",
        "Choose whether it is still going on.",
    ),
    "day": _s(
        "Kirjoita päivä, esimerkiksi 2.3.2026.",
        "Skriv dagen, till exempel 2.3.2026.",
        "Write the day, such as 2.3.2026.",
    ),
    "time": _s(
        "Kirjoita kellonaika, esimerkiksi 14.05.",
        "Skriv klockslaget, till exempel 14.05.",
        "Write the time, such as 14:05.",
    ),
    "no_such_time": _s(
        "Tällaista päivää tai kellonaikaa ei ole.",
        "En sådan dag eller ett sådant klockslag finns inte.",
        "There is no such day or time.",
    ),
    "since": _s(
        "Tämä hetki on vielä edessä tai liian kaukana menneisyydessä.",
        "Den här tidpunkten är i framtiden eller för långt bak i tiden.",
        "This time has not come yet, or is too long ago.",
    ),
    "count": _s(
        "Kirjoita luku 0\u20131 000 000.", "Skriv ett tal 0\u20131 000 000.", "Write a number from 0 to 1,000,000."
    ),
    "system": _s(
        "Tämä tietojärjestelmä ei ole enää käytössänne. Valitse toinen.",
        "Detta informationssystem är inte längre i bruk hos er. Välj ett annat.",
        "This information system is not in use with you any more. Choose another one.",
    ),
    "unfit": _s(
        "Tätä ei voi tallentaa näin: siinä on merkkejä, joita ei voi säilyttää.",
        "Det här kan inte sparas så: där finns tecken som inte kan bevaras.",
        "This cannot be kept as it is: it has characters that cannot be stored.",
    ),
}
_FLAWS: Final[Mapping[str, tuple[str, str, str]]] = {
    "personal_identity_code": (
        "Rivillä {line} on henkilötunnus. Poista se: älä kirjoita potilastietoja.",
        "På rad {line} finns en personbeteckning. Ta bort den: skriv inga patientuppgifter.",
        "Line {line} holds a personal identity code. Remove it: write no patient data.",
    ),
    "too_long": (
        "Tässä on {length} merkkiä; enintään {longest} mahtuu.",
        "Här finns {length} tecken; högst {longest} får plats.",
        "This has {length} characters; {longest} fit.",
    ),
    "files_too_many": (
        "Valittuna on {count} tiedostoa; enintään {most} otetaan vastaan.",
        "{count} filer är valda; högst {most} tas emot.",
        "{count} files are chosen; at most {most} are taken.",
    ),
    "files_together": (
        "Tiedostot ovat yhteensä liian suuria: enintään {most} Mt.",
        "Filerna är tillsammans för stora: högst {most} MB.",
        "The files are too large together: at most {most} MB.",
    ),
    "files_full": (
        "Tähän ilmoitukseen on jo tullut {most} tiedostoa, eikä niitä mahdu enempää.",
        "Till den här anmälan har redan kommit {most} filer, och fler ryms inte.",
        "This report has {most} files already, and takes no more.",
    ),
    "file_name": (
        "Tiedoston {number} nimeä ei voi säilyttää: siinä on henkilötunnus tai outoja merkkejä, tai se on yli"
        " {longest} merkkiä pitkä.",
        "Namnet på fil {number} kan inte sparas: där finns en personbeteckning eller udda tecken, eller så har det"
        " fler än {longest} tecken.",
        "The name of file {number} cannot be kept: it holds a personal identity code or odd characters, or is longer"
        " than {longest} characters.",
    ),
    "file_too_large": (
        "{name} on liian suuri: enintään {most} Mt.",
        "{name} är för stor: högst {most} MB.",
        "{name} is too large: at most {most} MB.",
    ),
    "file_empty": ("{name} on tyhjä.", "{name} är tom.", "{name} is empty."),
    "file_kind": (
        "{name} ei ole ehjä PDF, kuva (PNG, JPEG, TIFF), makroton Word-tiedosto (.docx) tai tekstitiedosto (UTF-8).",
        "{name} är ingen hel PDF, bild (PNG, JPEG, TIFF), Wordfil (.docx) utan makron eller textfil (UTF-8).",
        "{name} is no whole PDF, picture (PNG, JPEG, TIFF), Word file (.docx) without macros or text file (UTF-8).",
    ),
    "message_ids": (
        "Kirjoita enintään {most} tunnistetta, kukin omalle rivilleen ja enintään {longest} merkkiä.",
        "Skriv högst {most} identifierare, var och en på sin egen rad och högst {longest} tecken.",
        "Write at most {most} ids, each on a line of its own and of at most {longest} characters.",
    ),
}


def flaw(key: str, **values: Value) -> Sentence:
    """Tell a flaw that names what was found."""
    fi, sv, en = _FLAWS[key]
    return sentence(fi, sv, en, **values)


SENT: Final = _s("Ilmoitus on otettu vastaan", "Anmälan är mottagen", "The report was received")
NUMBER: Final = _s("Ilmoituksen tunnus", "Anmälans nummer", "Number of the report")
NEXT: Final = _s("Mitä nyt tapahtuu", "Vad som händer nu", "What happens next")
KEEP_NUMBER: Final = _s(
    "Kirjoita tunnus muistiin. Sillä häiriöstä puhutaan puhelimessa.",
    "Skriv upp numret. Med det talar man om störningen i telefon.",
    "Write the number down. People use it on the telephone.",
)
FOLLOW: Final = _s(
    "Jos potilasturvallisuus on vaarassa, toimi heti yksikkösi ohjeiden mukaan. Tämä ilmoitus ei korvaa niitä.",
    "Om patientsäkerheten är hotad, följ genast din enhets anvisningar. Den här anmälan ersätter dem inte.",
    "If patient safety is at risk, follow your unit's instructions at once. This report does not replace them.",
)
ANOTHER: Final = _s("Ilmoita muusta häiriöstä", "Anmäl en annan störning", "Report another disturbance")
LOOK_AGAIN: Final = _s("Katso tilanne uudelleen", "Se läget på nytt", "See again how it stands")
OVER: Final = _s("Häiriön käsittely on päättynyt.", "Störningen är avslutad.", "The disturbance is closed.")


def received(**values: Value) -> Sentence:
    return sentence("Vastaanotettu {at}.", "Mottagen {at}.", "Received {at}.", **values)


def with_files(**values: Value) -> Sentence:
    """Say how many files came with it."""
    return sentence(
        "Liitteitä vastaanotettu: {count}.", "Mottagna bilagor: {count}.", "Attachments received: {count}.", **values
    )


def called(**values: Value) -> Sentence:
    """Say who is called, and what is done when nobody answers."""
    return sentence(
        "{who} saa kutsun heti. Jos kukaan ei vastaa {minutes} minuutissa, kutsutaan seuraava.",
        "{who} kallas genast. Om ingen svarar inom {minutes} minuter kallas nästa.",
        "{who} is called at once. If nobody answers in {minutes} minutes, the next person is called.",
        **values,
    )


def acknowledged(**values: Value) -> Sentence:
    return sentence(
        "Häiriö on otettu käsittelyyn {at}.",
        "Störningen togs under behandling {at}.",
        "Somebody took it up {at}.",
        **values,
    )


def named(**values: Value) -> Sentence:
    """Say whose person is called."""
    return sentence(
        "Pääliittyjän ({name}) häiriöyhteyshenkilö",
        "Huvudanslutarens ({name}) kontaktperson för störningar",
        "The disturbance contact of the main connector ({name})",
        **values,
    )


NOT_FOUND: Final = _s("Lomaketta ei ole", "Det finns inget formulär", "There is no form here")
NOT_FOUND_TEXT: Final = _s(
    "Tämä linkki ei avaa lomaketta. Pyydä uusi siltä, jolta sait sen, ja ilmoita häiriöstä siihen asti puhelimitse.",
    "Den här länken öppnar inget formulär. Be den som gav den om en ny, och anmäl störningen per telefon så länge.",
    "This link opens no form. Ask whoever gave it to you for a new one, and report by telephone until then.",
)
TROUBLE: Final = _s("Ilmoitusta ei saatu perille", "Anmälan kom inte fram", "The report did not arrive")
TROUBLE_TEXT: Final = _s(
    "Palvelu ei vastaa juuri nyt. Kirjoittamasi on tässä tallella: lähetä uudelleen hetken päästä. Sama ilmoitus ei"
    " tule kahdesti. Jos asia on kiireellinen, soita.",
    "Tjänsten svarar inte just nu. Det du skrev finns kvar här: skicka på nytt om en stund. Samma anmälan kommer inte"
    " två gånger. Ring om det är bråttom.",
    "The service does not answer right now. What you wrote is still here: send it again in a moment. The same report"
    " does not come twice. Telephone if it is urgent.",
)
UNREACHED: Final = _s("Palvelu ei vastaa", "Tjänsten svarar inte", "The service does not answer")
UNREACHED_TEXT: Final = _s(
    "Yritä hetken päästä uudelleen. Jos asia on kiireellinen, soita.",
    "Försök på nytt om en stund. Ring om det är bråttom.",
    "Try again in a moment. Telephone if it is urgent.",
)
UNREADABLE: Final = _s("Tätä ei voitu lukea", "Det här kunde inte läsas", "This could not be read")
UNREADABLE_TEXT: Final = _s(
    "Lähetetty ei ollut tämä lomake, tai se oli liian suuri. Palaa takaisin: kirjoittamasi on lomakkeella.",
    "Det som skickades var inte det här formuläret eller var för stort. Gå tillbaka: det du skrev finns i formuläret.",
    "What was sent was not this form, or was too large. Go back: what you wrote is in the form.",
)
