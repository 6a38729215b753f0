import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.apache.poi.hpsf.ClassID;
import org.apache.poi.openxml4j.opc.OPCPackage;
import org.apache.poi.poifs.crypt.HashAlgorithm;
import org.apache.poi.poifs.crypt.dsig.SignatureConfig;
import org.apache.poi.poifs.crypt.dsig.SignatureInfo;

/** Adds a signature to a package, beside those that it has. POI can do so with RSA keys only. */
final class Signing {
    private static final byte[] PIXEL =
            Base64.getDecoder()
                    .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABAQAAAAA3bvkkAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

    private Signing() {}

    static void sign(
            String file, String out, String store, String password, String options, Map<String, Object> answer)
            throws Exception {
        SignatureConfig config = signer(store, password.toCharArray());
        for (String option : options.isEmpty() ? new String[0] : options.split(";")) {
            String[] said = option.split("=", 2);
            choose(config, said[0], said[1]);
        }
        byte[] unsigned = Files.readAllBytes(Path.of(file));
        long start = System.nanoTime();
        byte[] signed = sign(unsigned, config);
        answer.put("nanoseconds", System.nanoTime() - start);
        Files.write(Path.of(out), signed);
        answer.put("signed", out);
    }

    private static SignatureConfig signer(String path, char[] password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            store.load(in, password);
        }
        String alias = store.aliases().nextElement();
        List<X509Certificate> chain =
                Arrays.stream(store.getCertificateChain(alias)).map(Signing::asX509).toList();
        SignatureConfig config = new SignatureConfig();
        config.setKey((PrivateKey) store.getKey(alias, password));
        config.setSigningCertificateChain(chain);
        config.setDigestAlgo(HashAlgorithm.sha256);
        config.setAllowMultipleSignatures(true);
        return config;
    }

    private static void choose(SignatureConfig config, String name, String value) {
        switch (name) {
            case "digest" -> config.setDigestAlgo(HashAlgorithm.valueOf(value));
            case "xadesDigest" -> config.setXadesDigestAlgo(HashAlgorithm.valueOf(value));
            case "canonicalization" -> config.setCanonicalizationMethod(value);
            case "role" -> config.setXadesRole(value);
            case "comments" -> config.setSignatureDescription(value);
            case "line" -> signOn(value, config);
            case "issuer" -> config.setIncludeIssuerSerial(Boolean.parseBoolean(value));
            case "chain" -> config.setIncludeEntireCertificateChain(Boolean.parseBoolean(value));
            default -> throw new IllegalArgumentException("unknown option " + name);
        }
    }

    /** Binds to a signature line. POI does so only where there are pictures; what they show is of no account here. */
    private static void signOn(String line, SignatureConfig config) {
        config.setSignatureImageSetupId(new ClassID(line));
        config.setSignatureImage(PIXEL);
        config.setSignatureImageValid(PIXEL);
        config.setSignatureImageInvalid(PIXEL);
    }

    private static X509Certificate asX509(Certificate certificate) {
        return (X509Certificate) certificate;
    }

    private static byte[] sign(byte[] unsigned, SignatureConfig config) throws Exception {
        ByteArrayOutputStream signed = new ByteArrayOutputStream(unsigned.length + 16384);
        try (OPCPackage opcPackage = OPCPackage.open(new ByteArrayInputStream(unsigned))) {
            SignatureInfo signature = new SignatureInfo();
            signature.setOpcPackage(opcPackage);
            signature.setSignatureConfig(config);
            signature.confirmSignature();
            opcPackage.save(signed);
            opcPackage.revert();
        }
        return signed.toByteArray();
    }
}
