"""What a verifier's answers mean, in a plain sentence for people who are no specialists: tables, and how they are read.

The Finnish and Swedish are ours, not of a standard; the English words of the standard stand beside them.
"""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.machinery.ooxml.indication import Cause
from kanta_tenancy.machinery.ooxml.report import NOT_ASKED, Answer, Outcome, Report, SignatureReport, Verdict

QUESTIONS: Final[Mapping[str, Sentence]] = {
    "integrity": Sentence(fi="Muuttumattomuus", sv="Oförändrat innehåll", en="Unchanged content"),
    "coverage": Sentence(fi="Kattavuus", sv="Omfattning", en="Coverage"),
    "certificate": Sentence(fi="Varmenne", sv="Certifikat", en="Certificate"),
    "trust": Sentence(fi="Luottamus", sv="Tillit", en="Trust"),
    "revocation": Sentence(fi="Peruutus", sv="Återkallelse", en="Revocation"),
    "algorithms": Sentence(fi="Avaimet ja menetelmät", sv="Nycklar och metoder", en="Keys and methods"),
    "time": Sentence(fi="Aika", sv="Tidpunkt", en="Time"),
}
VERDICTS: Final[Mapping[Verdict, Sentence]] = {
    Verdict.VALID: Sentence(
        fi="Asiakirja on pätevästi allekirjoitettu: jokainen allekirjoitus kattaa sen kokonaan, mitään ei ole "
        "muutettu, ja allekirjoittajien varmenteet ovat luotettuja.",
        sv="Dokumentet är giltigt undertecknat: varje underskrift omfattar hela dokumentet, ingenting har ändrats och "
        "undertecknarnas certifikat är betrodda.",
        en="The document is validly signed: each signature covers all of it, nothing was changed, and the signers' "
        "certificates are trusted.",
    ),
    Verdict.INVALID: Sentence(
        fi="Asiakirja ei ole pätevästi allekirjoitettu.",
        sv="Dokumentet är inte giltigt undertecknat.",
        en="The document is not validly signed.",
    ),
    Verdict.INDETERMINATE: Sentence(
        fi="Asiakirjasta ei löytynyt vikaa, mutta kaikkea ei saatu selville, joten sitä ei voi sanoa pätevästi "
        "allekirjoitetuksi.",
        sv="Inget fel hittades i dokumentet, men allt kunde inte fastställas, så det kan inte sägas vara giltigt "
        "undertecknat.",
        en="No fault was found in the document, but not everything could be established, so it cannot be called "
        "validly signed.",
    ),
}
OUTCOMES: Final[Mapping[Outcome, Sentence]] = {
    Outcome.PASSED: Sentence(fi="Kunnossa", sv="I ordning", en="In order"),
    Outcome.FAILED: Sentence(fi="Ei kunnossa", sv="Inte i ordning", en="Not in order"),
    Outcome.UNKNOWN: Sentence(fi="Ei tiedossa", sv="Inte känt", en="Not known"),
}
PASSED: Final[Mapping[str, Sentence]] = {
    "integrity": Sentence(
        fi="Kaikki, mikä allekirjoitettiin, on ennallaan.",
        sv="Allt som undertecknades är oförändrat.",
        en="Everything that was signed is unchanged.",
    ),
    "coverage": Sentence(
        fi="Kaikki, mitä asiakirja sanoo, on allekirjoitettu; vain tiedot tiedostosta itsestään eivät ole.",
        sv="Allt som dokumentet säger är undertecknat; bara uppgifter om själva filen är det inte.",
        en="Everything that the document says is signed; only details about the file itself are not.",
    ),
    "certificate": Sentence(
        fi="Varmenteella saa allekirjoittaa, ja se oli voimassa.",
        sv="Certifikatet får användas för underskrifter och var i kraft.",
        en="The certificate may be used to sign, and was in its period of validity.",
    ),
    "trust": Sentence(
        fi="Varmenteen on myöntänyt taho, johon tässä tarkastuksessa luotetaan.",
        sv="Certifikatet kommer från en utfärdare som denna kontroll litar på.",
        en="The certificate was issued by an authority that this verification trusts.",
    ),
    "revocation": Sentence(
        fi="Varmennetta eikä sen myöntäjien varmenteita ollut peruutettu.",
        sv="Varken certifikatet eller utfärdarnas certifikat var återkallade.",
        en="Neither the certificate nor those of its issuers had been revoked.",
    ),
    "algorithms": Sentence(
        fi="Avaimet ja menetelmät ovat riittävän vahvoja.",
        sv="Nycklar och metoder är tillräckligt starka.",
        en="Keys and methods are strong enough.",
    ),
    "time": Sentence(
        fi="Luotettu aikaleima todistaa, mistä lähtien allekirjoitus on ollut olemassa.",
        sv="En betrodd tidsstämpel intygar sedan när underskriften finns.",
        en="A trusted timestamp confirms since when the signature has been there.",
    ),
}
CAUSES: Final[Mapping[Cause, Sentence]] = {
    Cause.UNREADABLE: Sentence(
        fi="Tiedosto tai allekirjoitus puuttuu, on vioittunut tai ei ole sellainen kuin sen pitää olla.",
        sv="Filen eller underskriften saknas, är skadad eller är inte sådan som den ska vara.",
        en="The file or the signature is missing, damaged, or not made as it must be.",
    ),
    Cause.CHANGED: Sentence(
        fi="Jotain on muutettu allekirjoittamisen jälkeen.",
        sv="Något har ändrats efter undertecknandet.",
        en="Something was changed after it was signed.",
    ),
    Cause.OTHER_KEY: Sentence(
        fi="Allekirjoitusta ei ole tehty sillä avaimella, joka varmenteessa nimetään.",
        sv="Underskriften gjordes inte med den nyckel som certifikatet anger.",
        en="The signature was not made with the key that the certificate names.",
    ),
    Cause.NOT_COVERED: Sentence(
        fi="Allekirjoitus ei kata kaikkea, mitä tiedostossa on.",
        sv="Underskriften omfattar inte allt som finns i filen.",
        en="The signature does not cover everything that is in the file.",
    ),
    Cause.FOREIGN_CONTENT: Sentence(
        fi="Asiakirjassa on sisältöä, jota allekirjoitetussa asiakirjassa ei saa olla.",
        sv="Dokumentet har innehåll som ett undertecknat dokument inte får ha.",
        en="The document holds content that a signed document must not hold.",
    ),
    Cause.WEAK: Sentence(
        fi="Avain tai menetelmä on liian heikko tai tuntematon: joku muu olisi voinut tehdä allekirjoituksen.",
        sv="En nyckel eller metod är för svag eller okänd: någon annan kan ha gjort underskriften.",
        en="A key or method is too weak or unknown: somebody else could have made the signature.",
    ),
    Cause.NO_CERTIFICATE: Sentence(
        fi="Allekirjoittajan varmennetta ei voi käyttää.",
        sv="Undertecknarens certifikat kan inte användas.",
        en="The signer's certificate cannot be used.",
    ),
    Cause.OTHER_CERTIFICATE: Sentence(
        fi="Allekirjoitus nimeää toisen varmenteen kuin sen, joka on mukana, tai ei mitään.",
        sv="Underskriften anger ett annat certifikat än det som följer med, eller inget alls.",
        en="The signature names another certificate than the one that it brings, or none.",
    ),
    Cause.MAY_NOT_SIGN: Sentence(
        fi="Varmenne on tarkoitettu muuhun kuin allekirjoittamiseen.",
        sv="Certifikatet är avsett för annat än underskrifter.",
        en="The certificate is for other uses than signing.",
    ),
    Cause.EXPIRED_WHEN_SIGNED: Sentence(
        fi="Varmenteen voimassaolo oli päättynyt, kun sillä allekirjoitettiin.",
        sv="Certifikatet hade gått ut när det användes för underskriften.",
        en="The certificate had expired when it was used to sign.",
    ),
    Cause.NOT_YET_VALID_WHEN_SIGNED: Sentence(
        fi="Varmenne ei ollut vielä voimassa, kun sillä allekirjoitettiin.",
        sv="Certifikatet var ännu inte i kraft när det användes för underskriften.",
        en="The certificate was not yet valid when it was used to sign.",
    ),
    Cause.EXPIRED_SINCE: Sentence(
        fi="Varmenteen voimassaolo on päättynyt, eikä kukaan muu todista, että allekirjoitus tehtiin sitä ennen.",
        sv="Certifikatet har gått ut, och ingen annan intygar att underskriften gjordes före det.",
        en="The certificate has expired, and nobody else confirms that it signed before that.",
    ),
    Cause.NO_TIME: Sentence(
        fi="Allekirjoitus ei sano, milloin se tehtiin.",
        sv="Underskriften säger inte när den gjordes.",
        en="The signature does not say when it was made.",
    ),
    Cause.TIME_IN_FUTURE: Sentence(
        fi="Allekirjoitus sanoo tehdyksi ajan, joka ei voi pitää paikkaansa.",
        sv="Underskriften anger en tidpunkt som inte kan stämma.",
        en="The signature claims a time that cannot be right.",
    ),
    Cause.NO_AUTHORITY_NAMED: Sentence(
        fi="Tarkastukselle ei ole kerrottu, mihin varmenteiden myöntäjiin luotetaan.",
        sv="Kontrollen har inte fått veta vilka utfärdare av certifikat som är betrodda.",
        en="The verification was not told which authorities are trusted.",
    ),
    Cause.NO_PATH: Sentence(
        fi="Varmenteen myöntäjä ei ole niitä, joihin tässä tarkastuksessa luotetaan.",
        sv="Certifikatets utfärdare hör inte till dem som denna kontroll litar på.",
        en="The certificate's issuer is not among those that this verification trusts.",
    ),
    Cause.REVOKED_WHEN_SIGNED: Sentence(
        fi="Varmenne oli peruutettu, kun sillä allekirjoitettiin.",
        sv="Certifikatet var återkallat när det användes för underskriften.",
        en="The certificate had been revoked when it was used to sign.",
    ),
    Cause.REVOKED_SINCE: Sentence(
        fi="Varmenne on peruutettu, eikä kukaan muu todista, että allekirjoitus tehtiin sitä ennen.",
        sv="Certifikatet har återkallats, och ingen annan intygar att underskriften gjordes före det.",
        en="The certificate was revoked, and nobody else confirms that it signed before that.",
    ),
    Cause.AUTHORITY_REVOKED: Sentence(
        fi="Varmenteen myöntäjän oma varmenne on peruutettu.",
        sv="Utfärdarens eget certifikat har återkallats.",
        en="The certificate of its issuer was revoked.",
    ),
    Cause.ON_HOLD: Sentence(
        fi="Varmenteen käyttö on keskeytetty toistaiseksi.",
        sv="Certifikatet är tillfälligt spärrat.",
        en="The certificate is on hold for the time being.",
    ),
    Cause.REVOCATION_UNKNOWN: Sentence(
        fi="Kukaan ei kerro, onko varmenne tai sen myöntäjän varmenne peruutettu.",
        sv="Ingen berättar om certifikatet eller utfärdarens certifikat är återkallat.",
        en="Nobody says whether the certificate, or one of its issuers, was revoked.",
    ),
    Cause.FORGED_TIMESTAMP: Sentence(
        fi="Aikaleima on väärennetty tai kuuluu muuhun.",
        sv="Tidsstämpeln är förfalskad eller hör till något annat.",
        en="A timestamp is forged, or belongs to something else.",
    ),
}
SIGNATURE_HOLDS: Final = Sentence(
    fi="Allekirjoitus on pätevä.", sv="Underskriften är giltig.", en="The signature is valid."
)
_NOT_READ: Final = Sentence(
    fi="Allekirjoitusta ei voi lukea niin pitkälle, että tämän voisi sanoa.",
    sv="Underskriften kan inte läsas så långt att detta kan sägas.",
    en="The signature cannot be read far enough to tell.",
)
_NOBODY_CONFIRMS: Final = Sentence(
    fi="Vain allekirjoittaja itse sanoo, milloin allekirjoitti; mikään luotettu aikaleima ei todista sitä.",
    sv="Bara undertecknaren själv säger när; ingen betrodd tidsstämpel intygar det.",
    en="Only the signer says when; no trusted timestamp confirms it.",
)


def of_report(report: Report) -> Sentence:
    """Say what the verdict about a file means, and what it rests on unless all is well."""
    cause = report.indicated.cause
    verdict = VERDICTS[report.verdict]
    return verdict if cause is None else _both(verdict, CAUSES[cause])


def of_signature(signature: SignatureReport) -> Sentence:
    """Say what the answers about a signature come to."""
    cause = signature.indicated.cause
    return SIGNATURE_HOLDS if cause is None else CAUSES[cause]


def of_answer(question: str, answer: Answer) -> Sentence:
    """Say what the answer to one of `QUESTIONS` means."""
    if answer.cause is not None:
        return CAUSES[answer.cause]
    if answer.outcome is Outcome.PASSED:
        return PASSED[question]
    # No other answer than that about time is open without a cause, once the signature could be read.
    return _NOT_READ if answer.reason == NOT_ASKED.reason or question != "time" else _NOBODY_CONFIRMS


def _both(one: Sentence, other: Sentence) -> Sentence:
    return Sentence(fi=f"{one.fi} {other.fi}", sv=f"{one.sv} {other.sv}", en=f"{one.en} {other.en}")
