import java.util.Collection;
import java.util.Map;

/** Writes maps, collections, texts, numbers and booleans as JSON on one line. */
final class Json {
    private final StringBuilder out = new StringBuilder();

    static String line(Object value) {
        Json json = new Json();
        json.write(value);
        return json.out.toString();
    }

    private void write(Object value) {
        if (value == null || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Map) {
            writeObject((Map<?, ?>) value);
        } else if (value instanceof Collection) {
            writeArray((Collection<?>) value);
        } else {
            writeText(value.toString());
        }
    }

    private void writeObject(Map<?, ?> members) {
        String separator = "{";
        for (Map.Entry<?, ?> member : members.entrySet()) {
            out.append(separator);
            writeText(member.getKey().toString());
            out.append(':');
            write(member.getValue());
            separator = ",";
        }
        out.append(members.isEmpty() ? "{}" : "}");
    }

    private void writeArray(Collection<?> items) {
        String separator = "[";
        for (Object item : items) {
            out.append(separator);
            write(item);
            separator = ",";
        }
        out.append(items.isEmpty() ? "[]" : "]");
    }

    private void writeText(String text) {
        out.append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20 || c > 0x7e) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
