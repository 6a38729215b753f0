"""The words of the page that a verifier's report is shown on, in three languages; the Finnish and Swedish are ours."""

from collections.abc import Mapping
from typing import Final

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.machinery.ooxml.report import Verdict

_STANDARD: Final = "ETSI EN\u00a0319\u00a0102\u20111"  # in one piece
TITLE: Final = Sentence(
    fi="Allekirjoitusten tarkastus", sv="Kontroll av underskrifter", en="Verification of signatures"
)
VERDICTS: Final[Mapping[Verdict, Sentence]] = {
    Verdict.VALID: Sentence(fi="Pätevä", sv="Giltig", en="Valid"),
    Verdict.INVALID: Sentence(fi="Ei pätevä", sv="Ogiltig", en="Not valid"),
    Verdict.INDETERMINATE: Sentence(fi="Jää avoimeksi", sv="Förblir öppet", en="Left open"),
}
FILE: Final = Sentence(fi="Tiedosto", sv="Fil", en="File")
DIGEST: Final = Sentence(
    fi="Tiedoston tiiviste (SHA-256)", sv="Filens kontrollsumma (SHA-256)", en="The file's digest (SHA-256)"
)
ASKED_AT: Final = Sentence(fi="Tarkastettu", sv="Kontrollerad", en="Verified on")
STANDARD: Final = Sentence(
    fi=f"Standardin {_STANDARD} sanoin", sv=f"Med ord ur {_STANDARD}", en=f"In the words of {_STANDARD}"
)
TRUSTED: Final = Sentence(
    fi="Myöntäjät, joihin luotettiin", sv="Utfärdare som var betrodda", en="Authorities that were trusted"
)
STAMPS_TRUSTED: Final = Sentence(
    fi="Aikaleimojen antajat, joihin luotettiin",
    sv="Tidsstämplare som var betrodda",
    en="Timestamp authorities that were trusted",
)
NOBODY: Final = Sentence(fi="ei kukaan", sv="ingen", en="none")
SIGNATURES: Final = Sentence(fi="Allekirjoitukset", sv="Underskrifter", en="Signatures")
NO_SIGNATURES: Final = Sentence(
    fi="Tiedostossa ei ole allekirjoitusta, jonka voisi lukea.",
    sv="Filen har ingen underskrift som kan läsas.",
    en="The file has no signature that can be read.",
)
UNKNOWN_SIGNER: Final = Sentence(fi="Tuntematon allekirjoittaja", sv="Okänd undertecknare", en="Unknown signer")
SIGNER: Final = Sentence(fi="Varmenteen haltija", sv="Certifikatets innehavare", en="Holder of the certificate")
ISSUER: Final = Sentence(fi="Varmenteen myöntäjä", sv="Certifikatets utfärdare", en="Issuer of the certificate")
VALIDITY: Final = Sentence(
    fi="Varmenteen voimassaolo", sv="Certifikatets giltighetstid", en="Validity of the certificate"
)
FINGERPRINT: Final = Sentence(
    fi="Varmenteen sormenjälki (SHA-256)",
    sv="Certifikatets fingeravtryck (SHA-256)",
    en="Fingerprint of the certificate (SHA-256)",
)
SIGNED_AT: Final = Sentence(
    fi="Allekirjoitettu, allekirjoittajan mukaan",
    sv="Undertecknad, enligt undertecknaren",
    en="Signed on, as the signer says",
)
NOT_SAID: Final = Sentence(fi="ei sanota", sv="sägs inte", en="not said")
PROVED_AT: Final = Sentence(
    fi="Olemassa viimeistään, aikaleiman mukaan",
    sv="Fanns senast, enligt tidsstämpeln",
    en="There by then, as a timestamp says",
)
PROVED_BY: Final = Sentence(fi="Aikaleiman antaja", sv="Tidsstämplare", en="Timestamp authority")
COMMENT: Final = Sentence(
    fi="Allekirjoittajan perustelu", sv="Undertecknarens motivering", en="Why it was signed, as the signer says"
)
WHAT: Final = Sentence(fi="Mitä tarkastettiin", sv="Vad som kontrollerades", en="What was asked")
OUTCOME: Final = Sentence(fi="Tulos", sv="Resultat", en="Outcome")
MEANING: Final = Sentence(fi="Mitä se tarkoittaa", sv="Vad det betyder", en="What it means")
PARTICULARS: Final = Sentence(fi="Tarkemmin, englanniksi", sv="Närmare, på engelska", en="In the words of the verifier")
UNCOVERED: Final = Sentence(
    fi="Mitä allekirjoitus ei kata", sv="Vad en underskrift inte omfattar", en="What a signature does not cover"
)
LINKS: Final = Sentence(
    fi="Linkit asiakirjasta muualle", sv="Länkar från dokumentet", en="Links that lead out of the document"
)
ABOUT_LINKS: Final = Sentence(
    fi="Linkit ovat osa allekirjoitettua asiakirjaa, mutta se, mitä niiden takana on, ei ole allekirjoitettu.",
    sv="Länkarna hör till det undertecknade dokumentet, men det som finns bakom dem är inte undertecknat.",
    en="The links are part of the signed document; what is behind them is not signed.",
)
REASONS: Final = Sentence(
    fi="Mikä puhuu pätevyyttä vastaan, englanniksi",
    sv="Vad som talar emot giltighet, på engelska",
    en="What speaks against the verdict valid",
)
RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")
PLACE: Final = Sentence(fi="Missä", sv="Var", en="Where")
FOUND: Final = Sentence(fi="Havainto", sv="Iakttagelse", en="Finding")
WHOLE_FILE: Final = Sentence(fi="koko tiedosto", sv="hela filen", en="the whole file")
NOT_TOLD: Final = Sentence(
    fi="Mitä tämä tarkastus ei kerro", sv="Vad denna kontroll inte säger", en="What this verification does not say"
)
NOT_SAYINGS: Final = (
    Sentence(
        fi="Montako allekirjoitusta asiakirjassa pitää olla, ja puuttuuko niistä joku.",
        sv="Hur många underskrifter dokumentet ska ha, och om någon saknas.",
        en="How many signatures the document needs, and whether one is missing.",
    ),
    Sentence(
        fi="Saiko allekirjoittaja sitoa sen, jonka puolesta allekirjoitti, ja mitä asiakirjan sisältö saa aikaan.",
        sv="Om undertecknaren fick binda den som underskriften gäller, och vad dokumentets innehåll medför.",
        en="Whether the signer was allowed to bind whom it signed for, and what the document's content brings about.",
    ),
    Sentence(
        fi="Milloin asiakirja todella allekirjoitettiin, ellei luotettu aikaleima sano sitä.",
        sv="När dokumentet verkligen undertecknades, om inte en betrodd tidsstämpel säger det.",
        en="When the document really was signed, unless a trusted timestamp says so.",
    ),
    Sentence(
        fi="Ansaitsevatko ne, joihin tässä luotettiin, luottamuksen: sen päätti tarkastuksen tekijä.",
        sv="Om de som här var betrodda förtjänar det: det avgjorde den som gjorde kontrollen.",
        en="Whether those that were trusted here deserve it: whoever verified decided that.",
    ),
    Sentence(
        fi="Mikä on totta toisena ajankohtana: varmenne voidaan peruuttaa ja voimassaolo päättyy.",
        sv="Vad som gäller vid en annan tidpunkt: certifikat kan återkallas och går ut.",
        en="What holds at another time: certificates are revoked, and expire.",
    ),
    Sentence(
        fi="Tätä sivua ei ole allekirjoitettu. Kuka epäilee sitä, tarkastaa itse asiakirjan.",
        sv="Denna sida är inte undertecknad. Den som tvivlar på den kontrollerar själva dokumentet.",
        en="This page itself is not signed. Who doubts it verifies the document again.",
    ),
)
