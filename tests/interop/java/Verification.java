import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.openxml4j.opc.PackagePart;
import org.apache.poi.poifs.crypt.dsig.SignatureConfig;
import org.apache.poi.poifs.crypt.dsig.SignatureInfo;
import org.apache.poi.poifs.crypt.dsig.SignaturePart;

/** Says what POI thinks of each signature of a package, and which parts POI sees in it. */
final class Verification {
    private Verification() {}

    static void verify(String file, String authority, Map<String, Object> answer) throws Exception {
        Set<TrustAnchor> anchors = anchors(authority);
        byte[] bytes = Files.readAllBytes(Path.of(file));
        long start = System.nanoTime();
        try (OPCPackage opcPackage = OPCPackage.open(new ByteArrayInputStream(bytes))) {
            Map<SignaturePart, Map<String, Object>> verdicts = verdicts(opcPackage);
            answer.put("nanoseconds", System.nanoTime() - start);
            for (Map.Entry<SignaturePart, Map<String, Object>> entry : verdicts.entrySet()) {
                describeSigner(entry.getKey(), anchors, entry.getValue());
            }
            answer.put("signatures", verdicts.values());
            answer.put("parts", parts(opcPackage));
            opcPackage.revert();
        }
    }

    private static Map<SignaturePart, Map<String, Object>> verdicts(OPCPackage opcPackage) {
        SignatureConfig config = new SignatureConfig();
        config.setUpdateConfigOnValidate(false);
        config.setSecureValidation(false); // the secure mode refuses manifests of more than thirty references
        SignatureInfo signatures = new SignatureInfo();
        signatures.setOpcPackage(opcPackage);
        signatures.setSignatureConfig(config);
        Map<SignaturePart, Map<String, Object>> verdicts = new LinkedHashMap<>();
        for (SignaturePart signature : signatures.getSignatureParts()) {
            verdicts.put(signature, verdict(signature));
        }
        return verdicts;
    }

    private static Map<String, Object> verdict(SignaturePart signature) {
        Map<String, Object> verdict = new LinkedHashMap<>();
        verdict.put("part", signature.getPackagePart().getPartName().getName());
        try {
            verdict.put("valid", signature.validate());
        } catch (RuntimeException | LinkageError failure) {
            verdict.put("valid", false);
            verdict.put("error", PoiDesk.story(failure));
        }
        return verdict;
    }

    private static void describeSigner(SignaturePart signature, Set<TrustAnchor> anchors, Map<String, Object> verdict) {
        X509Certificate signer = signature.getSigner(); // null unless the signature is valid
        if (signer == null) {
            return;
        }
        verdict.put("signer", signer.getSubjectX500Principal().getName());
        verdict.put("trusted", !anchors.isEmpty() && isTrusted(signer, signature.getCertChain(), anchors));
    }

    private static boolean isTrusted(X509Certificate signer, List<X509Certificate> chain, Set<TrustAnchor> anchors) {
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(signer);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            parameters.setRevocationEnabled(false);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (GeneralSecurityException noPath) {
            return false;
        }
    }

    private static Set<TrustAnchor> anchors(String path) throws IOException, GeneralSecurityException {
        Set<TrustAnchor> anchors = new HashSet<>();
        if (!path.isEmpty()) {
            try (InputStream in = Files.newInputStream(Path.of(path))) {
                CertificateFactory.getInstance("X.509").generateCertificates(in)
                        .forEach(certificate -> anchors.add(new TrustAnchor((X509Certificate) certificate, null)));
            }
        }
        return anchors;
    }

    private static List<List<String>> parts(OPCPackage opcPackage) throws Exception {
        List<List<String>> parts = new ArrayList<>();
        for (PackagePart part : opcPackage.getParts()) {
            parts.add(List.of(part.getPartName().getName(), part.getContentType()));
        }
        return parts;
    }
}
