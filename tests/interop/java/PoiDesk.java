import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Serves Apache POI to another process: a request is a line of fields parted by tabs, its answer a line of JSON.
 *
 * <pre>
 * verify  FILE  CA.pem or nothing
 * sign    FILE  OUT  STORE.p12  PASSWORD  OPTIONS
 * </pre>
 *
 * OPTIONS are name=value, parted by semicolons, or nothing: see Signing.choose.
 *
 * An answer's "nanoseconds" is what POI needed from the file's bytes in memory to its verdict or to the signed bytes
 * in memory. A request that fails is answered with "error".
 */
public final class PoiDesk {
    private PoiDesk() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String request = requests.readLine(); request != null; request = requests.readLine()) {
            System.out.println(Json.line(answer(request.split("\t", -1))));
            System.out.flush();
        }
    }

    private static Map<String, Object> answer(String[] fields) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("tool", "Apache POI " + org.apache.poi.Version.getVersion());
        try {
            switch (fields[0]) {
                case "verify" -> Verification.verify(fields[1], fields[2], answer);
                case "sign" -> Signing.sign(fields[1], fields[2], fields[3], fields[4], fields[5], answer);
                default -> answer.put("error", "unknown request " + fields[0]);
            }
        } catch (Exception | LinkageError failure) { // whatever a hostile file provokes is an answer, not an end
            answer.put("error", story(failure));
        }
        return answer;
    }

    /** Tells a failure with all its causes in one line. */
    static String story(Throwable failure) {
        StringBuilder story = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            story.append(story.length() == 0 ? "" : ": ").append(cause.getClass().getSimpleName());
            if (cause.getMessage() != null) {
                story.append(" ").append(cause.getMessage());
            }
        }
        return story.toString();
    }
}
