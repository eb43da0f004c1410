package org.demur.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript class without parameters, compiled by libtorch from source text: it reaches the operators that DJL does
 * not wrap, runs many of them in one native call, and frees temporaries at once.
 */
final class TorchScript implements AutoCloseable {
    private static final byte[] NO_CONSTANTS = {(byte) 0x80, 2, ')', '.'};

    private final PtSymbolBlock inference;
    private final PtSymbolBlock training;

    private TorchScript(PtSymbolBlock inference, PtSymbolBlock training) {
        this.inference = inference;
        this.training = training;
    }

    /**
     * Values for the ${NAME} places of a source.
     *
     * @param inference without autograd
     * @param training under autograd
     */
    record Constants(Map<String, String> inference, Map<String, String> training) {
        static Constants none() {
            return new Constants(Map.of(), Map.of());
        }
    }

    /** Compiles the class of that name in a resource of this package. */
    static TorchScript compile(PtNDManager manager, String resource, String className, Constants constants) {
        String source = read(resource);
        // Two instances, because running with gradients flips a flag of the module that other threads would see.
        return new TorchScript(
                load(manager, archive(className, filled(source, constants.inference))),
                load(manager, archive(className, filled(source, constants.training))));
    }

    private static String filled(String source, Map<String, String> constants) {
        String filled = source;
        for (Map.Entry<String, String> constant : constants.entrySet()) {
            filled = filled.replace("${" + constant.getKey() + "}", constant.getValue());
        }
        return filled;
    }

    /** Runs a method that returns one tensor, without autograd. */
    PtNDArray call(PtNDManager manager, String method, PtNDArray... arguments) {
        try (IValue result = run(method, Optional.empty(), arguments)) {
            return result.toTensor(manager);
        }
    }

    /** The same with weights as the last argument. */
    PtNDArray call(PtNDManager manager, String method, WeightList weights, PtNDArray... arguments) {
        try (IValue result = run(method, Optional.of(weights.list()), arguments)) {
            return result.toTensor(manager);
        }
    }

    /** Runs a method that returns a tuple of tensors, without autograd. */
    NDList callTuple(PtNDManager manager, String method, WeightList weights, PtNDArray... arguments) {
        try (IValue result = run(method, Optional.of(weights.list()), arguments)) {
            return result.toNDList(manager);
        }
    }

    /** Runs a method of one tensor and integers. */
    PtNDArray callWithSizes(PtNDManager manager, String method, PtNDArray tensor, long... sizes) {
        IValue[] values = new IValue[sizes.length + 1];
        try {
            values[0] = IValue.from(tensor);
            for (int i = 0; i < sizes.length; i++) {
                values[i + 1] = IValue.from(sizes[i]);
            }
            try (IValue result = IValueUtils.runMethod(inference, method, values)) {
                return result.toTensor(manager);
            }
        } finally {
            close(values);
        }
    }

    /** Copies rows into a matrix of weights. */
    void store(PtNDArray rows, long firstRow, WeightList target) {
        try (IValue x = IValue.from(rows);
                IValue first = IValue.from(firstRow)) {
            IValueUtils.runMethod(inference, "store", x, first, target.list()).close();
        }
    }

    /** Runs a method under autograd; the results belong to the first argument's manager. */
    NDList callWithGradient(String method, List<? extends NDArray> weights, PtNDArray... arguments) {
        NDList list = new NDList(arguments.length + weights.size() + 1);
        for (PtNDArray argument : arguments) {
            list.add(argument);
        }
        list.addAll(weights);
        try (NDArray name = arguments[0].getManager().zeros(new ai.djl.ndarray.types.Shape(0))) {
            name.setName("module_method:" + method);
            list.add(name);
            return IValueUtils.forward(training, list, true);
        }
    }

    private IValue run(String method, Optional<IValue> last, PtNDArray... arguments) {
        int count = arguments.length + (last.isPresent() ? 1 : 0);
        IValue[] own = new IValue[arguments.length];
        IValue[] values = new IValue[count];
        try {
            for (int i = 0; i < own.length; i++) {
                own[i] = IValue.from(arguments[i]);
                values[i] = own[i];
            }
            last.ifPresent(list -> values[count - 1] = list);
            return IValueUtils.runMethod(inference, method, values);
        } finally {
            close(own);
        }
    }

    private static void close(IValue[] values) {
        for (IValue value : values) {
            if (value != null) {
                value.close();
            }
        }
    }

    @Override
    public void close() {
        inference.close();
        training.close();
    }

    private static PtSymbolBlock load(PtNDManager manager, byte[] archive) {
        try {
            return JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(String resource) {
        try (InputStream in = TorchScript.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] archive(String className, String source) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "data.pkl", emptyModule(className));
            store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", NO_CONSTANTS);
            store(zip, "version", "10\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** The pickled object {@code __torch__.className} with the one attribute training = False. */
    private static byte[] emptyModule(String className) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x80, 2});
        out.writeBytes(("c__torch__\n" + className + "\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {')', (byte) 0x81, '}', '('});
        out.writeBytes(new byte[] {'X', 8, 0, 0, 0});
        out.writeBytes("training".getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(new byte[] {(byte) 0x89, 'u', 'b', '.'});
        return out.toByteArray();
    }

    private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry("archive/" + name);
        entry.setSize(content.length);
        entry.setCompressedSize(content.length);
        entry.setCrc(crc.getValue());
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
