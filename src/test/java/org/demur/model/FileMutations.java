package org.demur.model;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Seeded damage to small files: the same seed gives the same broken bytes. */
public final class FileMutations {
    private static final int MOST_CHANGES = 4;
    private static final int LONGEST_RANGE_BYTES = 64;
    private static final int SMALL_FIELD = 1 << 16;
    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        7,
        0x7F,
        0xFF,
        0xFFFF,
        1 << 20,
        1 << 24,
        1 << 27,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        0xFFFF_FFFFL,
        1L << 32,
        1L << 40,
        1L << 61,
        1L << 62,
        Long.MAX_VALUE,
        Long.MIN_VALUE,
        0x7FC0_0000, // NaN, infinity and the least fp32, as they lie in a file
        0x7F80_0000,
        0x0000_0001_0000_0001L
    };
    private static final String[] JSON_NUMBERS = {
        "-1",
        "0",
        "-0",
        "1.5",
        "1e9",
        "1e400",
        "9223372036854775807",
        "9223372036854775808",
        "4611686018427387904",
        "NaN"
    };
    private static final String[] JSON_PARTS = {
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u0000",
        "\\ud800",
        "null",
        "true",
        "[[[[[[[[",
        "{\"a\":",
        "\"F32\"",
        "\"BF16\"",
        "\"I64\"",
        "\"Q4_0\"",
        "\"shape\":[],",
        "\"__metadata__\":{},",
        "\u00e9",
        "\ud83d\ude42",
        "/**/"
    };
    private static final Pattern JSON_NUMBER = Pattern.compile("[0-9]+");
    private static final Pattern JSON_STRING = Pattern.compile("\"[^\"]*\"");

    private final SplittableRandom random;

    /** Damage that depends on the seed alone. */
    public FileMutations(long seed) {
        this.random = new SplittableRandom(seed);
    }

    SplittableRandom random() {
        return random;
    }

    long extreme() {
        return EXTREMES[random.nextInt(EXTREMES.length)] + (random.nextInt(8) == 0 ? random.nextInt(-2, 3) : 0);
    }

    /** One to four changes that know nothing of the format but where small numbers lie. */
    public byte[] damaged(byte[] sound) {
        byte[] bytes = sound.clone();
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0 && bytes.length > 0; changes--) {
            bytes = switch (random.nextInt(8)) {
                case 0 -> flipped(bytes);
                case 1 -> overwritten(bytes);
                case 2 -> without(bytes);
                case 3 -> with(bytes, bytes(random.nextInt(LONGEST_RANGE_BYTES)));
                case 4 -> with(bytes, range(bytes));
                case 5 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
                default -> withExtremeField(bytes);
            };
        }
        return bytes;
    }

    /** Changes to the JSON text of a safetensors file, whose length field is made to fit again. */
    byte[] damagedHeader(byte[] sound) {
        ByteBuffer file = ByteBuffer.wrap(sound).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) file.getLong(0);
        String json = damaged(new String(sound, Long.BYTES, length, StandardCharsets.UTF_8));
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array());
        all.writeBytes(header);
        all.write(sound, Long.BYTES + length, sound.length - Long.BYTES - length);
        return all.toByteArray();
    }

    /** One to four changes to JSON text: other numbers, strings and stray pieces of syntax. */
    String damaged(String sound) {
        String json = sound;
        for (int changes = 1 + random.nextInt(MOST_CHANGES); changes > 0; changes--) {
            json = switch (random.nextInt(5)) {
                case 0, 1 -> replaced(json, JSON_NUMBER, JSON_NUMBERS[random.nextInt(JSON_NUMBERS.length)]);
                case 2 -> replaced(json, JSON_STRING, anyMatch(json, JSON_STRING));
                case 3 -> replaced(json, JSON_STRING, JSON_PARTS[random.nextInt(JSON_PARTS.length)]);
                default -> {
                    int at = random.nextInt(json.length() + 1);
                    yield json.substring(0, at) + JSON_PARTS[random.nextInt(JSON_PARTS.length)] + json.substring(at);
                }
            };
        }
        return json;
    }

    private byte[] flipped(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private byte[] overwritten(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        return bytes;
    }

    private byte[] without(byte[] bytes) {
        int from = random.nextInt(bytes.length);
        int to = Math.min(bytes.length, from + 1 + random.nextInt(LONGEST_RANGE_BYTES));
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - (to - from));
        System.arraycopy(bytes, to, shorter, from, bytes.length - to);
        return shorter;
    }

    private byte[] with(byte[] bytes, byte[] inserted) {
        int at = random.nextInt(bytes.length + 1);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + inserted.length);
        System.arraycopy(inserted, 0, longer, at, inserted.length);
        System.arraycopy(bytes, at, longer, at + inserted.length, bytes.length - at);
        return longer;
    }

    /** Looks for a field of 8 or 4 bytes that holds a small number, such as a length, and changes it. */
    private byte[] withExtremeField(byte[] bytes) {
        ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int width = random.nextBoolean() ? Long.BYTES : Integer.BYTES;
        int last = bytes.length - width;
        if (last < 0) {
            return bytes;
        }
        int at = random.nextInt(last + 1);
        for (int tries = 0; tries <= last && !isSmall(fields, at, width); tries++) {
            at = at == last ? 0 : at + 1;
        }
        if (width == Long.BYTES) {
            fields.putLong(at, extreme());
        } else {
            fields.putInt(at, (int) extreme());
        }
        return bytes;
    }

    private static boolean isSmall(ByteBuffer fields, int at, int width) {
        long value = width == Long.BYTES ? fields.getLong(at) : fields.getInt(at);
        return value > 0 && value < SMALL_FIELD;
    }

    private byte[] range(byte[] bytes) {
        int from = random.nextInt(bytes.length);
        return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + random.nextInt(LONGEST_RANGE_BYTES)));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return bytes;
    }

    private String replaced(String text, Pattern pattern, String replacement) {
        MatchResult[] matches = pattern.matcher(text).results().toArray(MatchResult[]::new);
        if (matches.length == 0) {
            return text;
        }
        MatchResult match = matches[random.nextInt(matches.length)];
        return text.substring(0, match.start()) + replacement + text.substring(match.end());
    }

    private String anyMatch(String text, Pattern pattern) {
        String[] matches =
                pattern.matcher(text).results().map(MatchResult::group).toArray(String[]::new);
        return matches.length == 0 ? "" : matches[random.nextInt(matches.length)];
    }
}
