"""What is wrong with what a server serves, in the languages that people are told things in. Pure."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.machinery.probing.endpoint import Trouble
from kanta_tenancy.machinery.probing.findings import Finding, Rule

_SERVED: Final[Mapping[Rule, Sentence]] = {
    Rule.TOO_MANY: Sentence(
        fi="Palvelin lähettää {served} varmennetta; niistä luetaan {most}.",
        sv="Servern skickar {served} certifikat; {most} av dem läses.",
        en="The server sends {served} certificates; {most} of them are read.",
    ),
    Rule.EXPIRED: Sentence(
        fi="Palvelimen varmenne vanheni {ends}.",
        sv="Serverns certifikat gick ut {ends}.",
        en="The server's certificate ended on {ends}.",
    ),
    Rule.NOT_YET_VALID: Sentence(
        fi="Palvelimen varmenne on voimassa vasta {begins} alkaen.",
        sv="Serverns certifikat gäller först från {begins}.",
        en="The server's certificate holds only from {begins} on.",
    ),
    Rule.ISSUER_EXPIRED: Sentence(
        fi="Palvelimen lähettämän ketjun kohdassa {number} oleva varmentajan varmenne vanheni {ends}.",
        sv="Utfärdarens certifikat, som servern skickar på plats {number}, gick ut {ends}.",
        en="The issuer's certificate that the server sends in place {number} ended on {ends}.",
    ),
    Rule.ISSUER_NOT_YET_VALID: Sentence(
        fi="Palvelimen lähettämän ketjun kohdassa {number} oleva varmentajan varmenne on voimassa vasta {begins}"
        " alkaen.",
        sv="Utfärdarens certifikat, som servern skickar på plats {number}, gäller först från {begins}.",
        en="The issuer's certificate that the server sends in place {number} holds only from {begins} on.",
    ),
    Rule.ISSUER_ENDS_SOON: Sentence(
        fi="Palvelimen lähettämän ketjun kohdassa {number} oleva varmentajan varmenne vanhenee {ends}.",
        sv="Utfärdarens certifikat, som servern skickar på plats {number}, går ut {ends}.",
        en="The issuer's certificate that the server sends in place {number} ends on {ends}.",
    ),
    Rule.SELF_SIGNED: Sentence(
        fi="Palvelimen varmenne on sen itsensä allekirjoittama.",
        sv="Serverns certifikat är självsignerat.",
        en="The server's certificate is signed by itself.",
    ),
    Rule.WRONG_ORDER: Sentence(
        fi="Palvelin lähettää varmenteet väärässä järjestyksessä; oikea on {order}.",
        sv="Servern skickar certifikaten i fel ordning; den rätta är {order}.",
        en="The server sends its certificates out of order; the right one is {order}.",
    ),
    Rule.MISSING_INTERMEDIATE: Sentence(
        fi="Palvelin ei lähetä varmentajan varmennetta: {issuer}.",
        sv="Servern skickar inte utfärdarens certifikat: {issuer}.",
        en="The server does not send the certificate of the issuer: {issuer}.",
    ),
    Rule.UNNEEDED_ROOT: Sentence(
        fi="Palvelin lähettää juurivarmenteen; asiakkailla on se omastaan.",
        sv="Servern skickar rotcertifikatet; klienterna har det redan.",
        en="The server sends the root; clients have their own.",
    ),
    Rule.UNRELATED: Sentence(
        fi="Palvelimen lähettämän ketjun kohdassa {number} oleva varmenne ei kuulu ketjuun.",
        sv="Certifikatet som servern skickar på plats {number} hör inte till dess kedja.",
        en="The certificate that the server sends in place {number} does not belong to its chain.",
    ),
}
_UNREADABLE: Final = Sentence(
    fi="Palvelimen lähettämän ketjun kohdassa {number} olevaa varmennetta ei voi lukea (SHA-256 {sha256}).",
    sv="Certifikatet som servern skickar på plats {number} kan inte läsas (SHA-256 {sha256}).",
    en="The certificate that the server sends in place {number} cannot be read (SHA-256 {sha256}).",
)
_NAMES_UNREADABLE: Final = Sentence(
    fi="Palvelimen varmenteessa olevia nimiä ei voi lukea.",
    sv="Namnen i serverns certifikat kan inte läsas.",
    en="The names in the server's certificate cannot be read.",
)
_FOR_OTHERS: Final = Sentence(
    fi="Palvelimen varmenne ei ole nimelle {name}, vaan: {listed}.",
    sv="Serverns certifikat är inte för {name}, utan för: {listed}.",
    en="The server's certificate is not for {name}, but for: {listed}.",
)
_NAMELESS: Final = Sentence(
    fi="Palvelimen varmenteessa ei ole verkkotunnusta, joten se ei ole nimelle {name}.",
    sv="Serverns certifikat innehåller inget domännamn, så det är inte för {name}.",
    en="The server's certificate has no domain name, so it is not for {name}.",
)
_TROUBLES: Final[Mapping[Trouble, Sentence]] = {
    Trouble.ADDRESS_REFUSED: Sentence(
        fi="osoite on sisäverkossa, jota palvelun ylläpitäjä ei ole sallinut",
        sv="adressen finns i ett internt nät som tjänstens operatör inte har tillåtit",
        en="its address is in an internal network that the operator of this service has not allowed",
    ),
    Trouble.NAME_UNKNOWN: Sentence(
        fi="nimelle ei ole osoitetta", sv="namnet har ingen adress", en="its name has no address"
    ),
    Trouble.REFUSED: Sentence(fi="portissa ei vastata", sv="ingen svarar i porten", en="nobody answers at the port"),
    Trouble.UNREACHABLE: Sentence(
        fi="palvelimelle ei ole yhteyttä", sv="servern kan inte nås", en="it cannot be reached"
    ),
    Trouble.TIMED_OUT: Sentence(fi="se ei vastaa ajoissa", sv="den svarar inte i tid", en="it does not answer in time"),
    Trouble.CUT_OFF: Sentence(
        fi="se katkaisee yhteyden", sv="den bryter förbindelsen", en="it breaks the connection off"
    ),
    Trouble.NOT_TLS: Sentence(fi="se ei puhu TLS:ää", sv="den talar inte TLS", en="it does not speak TLS"),
    Trouble.NOT_OFFERED: Sentence(
        fi="se ei tarjoa TLS:ää protokollassaan",
        sv="den erbjuder inte TLS i sitt protokoll",
        en="it does not offer TLS in its protocol",
    ),
    Trouble.GARBLED: Sentence(
        fi="se puhuu muuta protokollaa kuin sanottiin",
        sv="den talar ett annat protokoll än vad som sades",
        en="it speaks another protocol than was said",
    ),
    Trouble.ALERT: Sentence(fi="se keskeyttää kättelyn", sv="den avbryter handskakningen", en="it ends the handshake"),
    Trouble.HANDSHAKE_FAILED: Sentence(
        fi="kättely epäonnistuu", sv="handskakningen misslyckas", en="the handshake fails"
    ),
    Trouble.TOO_MUCH: Sentence(
        fi="se lähettää enemmän kuin luetaan",
        sv="den skickar mer än vad som läses",
        en="it sends more than is read",
    ),
    Trouble.CLIENT_UNUSABLE: Sentence(
        fi="palvelun omaa varmennetta ei voi käyttää",
        sv="tjänstens eget certifikat kan inte användas",
        en="this service's own certificate cannot be used",
    ),
}
_NONE_SHOWN: Final = Sentence(
    fi="se ei lähetä varmennetta", sv="den skickar inget certifikat", en="it sends no certificate"
)


def of_served(found: Finding) -> Sentence:
    """Say what was found with what a server serves."""
    texts = _texts(found)
    return sentence(texts.fi, texts.sv, texts.en, **found.values)


def of_trouble(trouble: Trouble | None) -> Sentence:
    """Say why a server serves no certificate, as the end of a sentence."""
    return _NONE_SHOWN if trouble is None else _TROUBLES[trouble]


def incomplete(trouble: Trouble | None) -> Sentence:
    """Say that a server's certificates came, and the handshake did not come to its end."""
    why = of_trouble(trouble)
    return Sentence(
        fi=f"Palvelin lähetti varmenteensa, mutta yhteyttä ei saatu: {why.fi}.",
        sv=f"Servern skickade sina certifikat, men förbindelsen upprättades inte: {why.sv}.",
        en=f"The server sent its certificates, but no connection came about: {why.en}.",
    )


def _texts(found: Finding) -> Sentence:
    match found.rule:
        case Rule.UNREADABLE:
            return _UNREADABLE if "sha256" in found.values else _NAMES_UNREADABLE
        case Rule.NAME_MISMATCH:
            return _FOR_OTHERS if "listed" in found.values else _NAMELESS
        case rule:
            return _SERVED[rule]
