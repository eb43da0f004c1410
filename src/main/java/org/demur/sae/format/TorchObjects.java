package org.demur.sae.format;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The few classes and functions that a pickle of tensors needs, rebuilt as plain values; no name is ever looked up or called. */
final class TorchObjects {
    private static final int MOST_DIMENSIONS = 16;
    private static final String ORDERED_DICT = "collections.OrderedDict";
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";
    private static final Set<String> FUNCTIONS = Set.of(ORDERED_DICT, TENSOR, PARAMETER);

    private TorchObjects() {}

    /** The reference to a name, if it is one of the few. */
    static PickleValue.Global global(String module, String name) {
        PickleValue.Global global = new PickleValue.Global(module, name);
        boolean isStorage = module.equals("torch") && StorageType.of(name).isPresent();
        if (!isStorage && !FUNCTIONS.contains(global.toString())) {
            throw new PickleException("asks for " + global + ", which is neither a tensor nor a container");
        }
        return global;
    }

    /** What a persistent id stands for. */
    static PickleValue.Storage storage(Object id) {
        List<Object> items = tuple(id, "a persistent id");
        boolean isStorage = items.size() == 5
                && "storage".equals(items.get(0))
                && items.get(1) instanceof PickleValue.Global
                && items.get(2) instanceof String
                && items.get(4) instanceof Long count
                && count >= 0;
        if (!isStorage) {
            throw new PickleException("has a persistent id that is no storage");
        }
        String type = ((PickleValue.Global) items.get(1)).name();
        return new PickleValue.Storage(
                (String) items.get(2),
                StorageType.of(type).orElseThrow(() -> new PickleException("has a storage of the type " + type)),
                (Long) items.get(4));
    }

    /** The result of a call. */
    static Object call(Object function, Object arguments) {
        if (!(function instanceof PickleValue.Global global)) {
            throw new PickleException("calls something that is no function");
        }
        List<Object> items = tuple(arguments, "the arguments of " + global);
        return switch (global.toString()) {
            case ORDERED_DICT -> ordered(items);
            case TENSOR -> tensor(items);
            case PARAMETER -> {
                if (items.isEmpty() || !(items.get(0) instanceof PickleValue.Tensor)) {
                    throw new PickleException("has a parameter that is no tensor");
                }
                yield items.get(0);
            }
            default -> throw new PickleException("calls the type " + global);
        };
    }

    private static Map<Object, Object> ordered(List<Object> items) {
        if (!items.isEmpty()) {
            throw new PickleException("builds an OrderedDict from a list");
        }
        return new LinkedHashMap<>();
    }

    private static PickleValue.Tensor tensor(List<Object> items) {
        if (items.size() < 4
                || !(items.get(0) instanceof PickleValue.Storage storage)
                || !(items.get(1) instanceof Long offset)) {
            throw new PickleException("has a tensor without storage or offset");
        }
        long[] shape = lengths(items.get(2));
        long[] strides = lengths(items.get(3));
        if (shape.length != strides.length || offset < 0) {
            throw new PickleException("has a tensor whose strides or offset do not fit its shape");
        }
        return new PickleValue.Tensor(storage, offset, shape, strides);
    }

    private static long[] lengths(Object value) {
        List<Object> items = tuple(value, "a shape");
        if (items.size() > MOST_DIMENSIONS) {
            throw new PickleException("has a tensor of " + items.size() + " dimensions");
        }
        long[] lengths = new long[items.size()];
        for (int i = 0; i < lengths.length; i++) {
            if (!(items.get(i) instanceof Long length) || length < 0) {
                throw new PickleException("has something other than whole numbers >= 0 in a shape");
            }
            lengths[i] = length;
        }
        return lengths;
    }

    private static List<Object> tuple(Object value, String what) {
        if (!(value instanceof PickleValue.Tuple tuple)) {
            throw new PickleException("has no tuple as " + what);
        }
        return tuple.items();
    }
}
