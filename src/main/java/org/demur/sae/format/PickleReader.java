package org.demur.sae.format;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Reads the pickle of a PyTorch archive as data: texts, numbers, lists, dicts and tensors. A pickle is a program for a stack
 * machine that may name and call any function; this machine knows three names and calls none, and refuses the rest.
 *
 * @see <a href="https://github.com/python/cpython/blob/main/Lib/pickletools.py">the opcodes</a>
 */
final class PickleReader {
    private static final int MOST_PROTOCOL = 5;
    private static final Object MARK = new Object();

    private final ByteBuffer program;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private PickleReader(byte[] program) {
        this.program = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The value of a pickle.
     *
     * @throws PickleException if it is broken or asks for anything but data
     */
    static Object read(byte[] program) {
        PickleReader reader = new PickleReader(program);
        try {
            int opcode = reader.program.get();
            while (opcode != '.') {
                reader.step(opcode & 0xFF);
                opcode = reader.program.get();
            }
            return reader.pop();
        } catch (BufferUnderflowException e) {
            throw new PickleException("has a pickle that ends in the middle");
        }
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> protocol();
            case 0x95 -> program.getLong();
            case '(' -> stack.add(MARK);
            case '0' -> pop();
            case '1' -> toMark();
            case '2' -> stack.add(top());
            case 'N' -> stack.add(new PickleValue.None());
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'K' -> stack.add((long) (program.get() & 0xFF));
            case 'M' -> stack.add((long) (program.getShort() & 0xFFFF));
            case 'J' -> stack.add((long) program.getInt());
            case 0x8a -> stack.add(whole(program.get() & 0xFF));
            case 'G' ->
                stack.add(program.duplicate().order(ByteOrder.BIG_ENDIAN).getDouble(skip(Double.BYTES)));
            case 'X' -> stack.add(text(program.getInt(), StandardCharsets.UTF_8));
            case 0x8c -> stack.add(text(program.get() & 0xFF, StandardCharsets.UTF_8));
            case 'U' -> stack.add(text(program.get() & 0xFF, StandardCharsets.ISO_8859_1));
            default -> container(opcode);
        }
    }

    private void container(int opcode) {
        switch (opcode) {
            case ')' -> stack.add(new PickleValue.Tuple(List.of()));
            case 't' -> stack.add(new PickleValue.Tuple(toMark()));
            case 0x85 -> stack.add(new PickleValue.Tuple(last(1)));
            case 0x86 -> stack.add(new PickleValue.Tuple(last(2)));
            case 0x87 -> stack.add(new PickleValue.Tuple(last(3)));
            case ']' -> stack.add(new ArrayList<>());
            case 'a' -> {
                Object item = pop();
                list().add(item);
            }
            case 'e' -> {
                List<Object> items = toMark();
                list().addAll(items);
            }
            case '}' -> stack.add(new LinkedHashMap<>());
            case 's' -> put(last(2));
            case 'u' -> put(toMark());
            default -> reference(opcode);
        }
    }

    private void reference(int opcode) {
        switch (opcode) {
            case 'q' -> memo.put(program.get() & 0xFF, top());
            case 'r' -> memo.put(program.getInt(), top());
            case 0x94 -> memo.put(memo.size(), top());
            case 'h' -> stack.add(recalled(program.get() & 0xFF));
            case 'j' -> stack.add(recalled(program.getInt()));
            case 'c' -> {
                String module = line();
                stack.add(TorchObjects.global(module, line()));
            }
            case 0x93 -> {
                List<Object> names = last(2);
                stack.add(TorchObjects.global(String.valueOf(names.get(0)), String.valueOf(names.get(1))));
            }
            case 'Q' -> stack.add(TorchObjects.storage(pop()));
            case 'R' -> {
                List<Object> call = last(2);
                stack.add(TorchObjects.call(call.get(0), call.get(1)));
            }
            case 'b' -> build();
            default ->
                throw new PickleException(String.format(
                        Locale.ROOT, "has the pickle instruction 0x%02x, which no dict of tensors needs", opcode));
        }
    }

    private void protocol() {
        int version = program.get() & 0xFF;
        if (version < 2 || version > MOST_PROTOCOL) {
            throw new PickleException("has a pickle of protocol " + version);
        }
    }

    /** Attributes of a dict, such as the versions of modules, which nobody needs. */
    private void build() {
        Object state = pop();
        if (!(top() instanceof Map) || !(state instanceof Map)) {
            throw new PickleException("sets attributes of something that is no dict");
        }
    }

    private void put(List<Object> pairs) {
        if (pairs.size() % 2 != 0 || !(top() instanceof Map)) {
            throw new PickleException("puts something that is no pair into something that is no dict");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            if (!(pairs.get(i) instanceof String key)) {
                throw new PickleException("has a key that is no text");
            }
            if (map().put(key, pairs.get(i + 1)) != null) {
                throw new PickleException("has two entries " + key);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> map() {
        return (Map<String, Object>) top();
    }

    @SuppressWarnings("unchecked")
    private List<Object> list() {
        if (!(top() instanceof List)) {
            throw new PickleException("adds to something that is no list");
        }
        return (List<Object>) top();
    }

    private long whole(int bytes) {
        if (bytes > Long.BYTES) {
            throw new PickleException("has a whole number of " + bytes + " bytes");
        }
        long value = 0;
        for (int i = 0; i < bytes; i++) {
            long part = i == bytes - 1 ? program.get() : program.get() & 0xFF;
            value |= part << 8 * i;
        }
        return value;
    }

    private int skip(int bytes) {
        int at = program.position();
        if (program.remaining() < bytes) {
            throw new BufferUnderflowException();
        }
        program.position(at + bytes);
        return at;
    }

    private String text(int length, Charset charset) {
        if (length < 0) {
            throw new BufferUnderflowException();
        }
        return new String(program.array(), skip(length), length, charset);
    }

    private String line() {
        int from = program.position();
        while (program.get() != '\n') {
            // The position moves on.
        }
        return new String(program.array(), from, program.position() - 1 - from, StandardCharsets.UTF_8);
    }

    private Object recalled(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw new PickleException("recalls something that it did not store");
        }
        return value;
    }

    private Object top() {
        if (stack.isEmpty() || stack.get(stack.size() - 1) == MARK) {
            throw new PickleException("takes more from its stack than there is");
        }
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<Object> last(int count) {
        Object[] items = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return List.of(items);
    }

    private List<Object> toMark() {
        int mark = stack.lastIndexOf(MARK);
        if (mark < 0) {
            throw new PickleException("takes more from its stack than there is");
        }
        List<Object> above = stack.subList(mark + 1, stack.size());
        List<Object> items = List.copyOf(above);
        above.clear();
        stack.remove(mark);
        return items;
    }
}
