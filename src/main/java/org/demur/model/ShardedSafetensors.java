package org.demur.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Several safetensors files that together hold one set of tensors. */
final class ShardedSafetensors implements TensorSource {
    /** A file beside the index; nothing that could lead out of its folder. */
    private static final Pattern SHARD_NAME = Pattern.compile("[A-Za-z0-9._-]+\\.safetensors");

    private final Path path;
    private final SortedMap<Path, SafetensorsFile> files;
    private final SortedMap<String, SafetensorsFile> fileOf;

    private ShardedSafetensors(
            Path path, SortedMap<Path, SafetensorsFile> files, SortedMap<String, SafetensorsFile> fileOf) {
        this.path = path;
        this.files = files;
        this.fileOf = fileOf;
    }

    /** Opens files that need no index; a tensor in two of them is refused. */
    static ShardedSafetensors of(Path folder, List<Path> shards) {
        SortedMap<Path, SafetensorsFile> files = new TreeMap<>();
        SortedMap<String, SafetensorsFile> fileOf = new TreeMap<>();
        for (Path shard : shards) {
            SafetensorsFile file = SafetensorsFile.open(shard);
            files.put(shard, file);
            for (String name : file.names()) {
                if (fileOf.put(name, file) != null) {
                    throw Refusal.broken(shard, "tensor " + name + " is in another file of the model too");
                }
            }
        }
        return new ShardedSafetensors(folder, files, fileOf);
    }

    /** Opens the files an index names, and checks that each holds exactly what the index says. */
    static ShardedSafetensors ofIndex(Path index) {
        SortedMap<String, String> shardOf = shardNames(index);
        Path folder = index.toAbsolutePath().getParent();
        List<Path> shards = shardOf.values().stream()
                .distinct()
                .sorted()
                .map(folder::resolve)
                .toList();
        ShardedSafetensors opened = of(index, shards);
        for (Map.Entry<String, String> entry : shardOf.entrySet()) {
            SafetensorsFile file = opened.files.get(folder.resolve(entry.getValue()));
            if (!file.names().contains(entry.getKey())) {
                throw Refusal.broken(index, "tensor " + entry.getKey() + " is not in " + entry.getValue());
            }
        }
        for (String name : opened.names()) {
            if (!shardOf.containsKey(name)) {
                throw Refusal.broken(index, "tensor " + name + " of a shard is not in the index");
            }
        }
        return opened;
    }

    private static SortedMap<String, String> shardNames(Path index) {
        JsonNode map = StrictJson.object(index).path("weight_map");
        if (!map.isObject() || map.isEmpty()) {
            throw Refusal.broken(index, "has no weight_map");
        }
        SortedMap<String, String> shardOf = new TreeMap<>();
        for (Map.Entry<String, JsonNode> entry : map.properties()) {
            String shard = entry.getValue().asText();
            if (!entry.getValue().isTextual() || !SHARD_NAME.matcher(shard).matches()) {
                throw Refusal.broken(
                        index, "weight_map of " + entry.getKey() + " is not the name of a safetensors file beside it");
            }
            shardOf.put(entry.getKey(), shard);
        }
        return shardOf;
    }

    Set<Path> paths() {
        return Collections.unmodifiableSet(files.keySet());
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(fileOf.keySet());
    }

    @Override
    public TensorInfo info(String name) {
        return file(name).info(name);
    }

    @Override
    public void readFloats(String name, FloatBuffer target) {
        file(name).readFloats(name, target);
    }

    @Override
    public void readRows(String name, long firstRow, int rows, FloatBuffer target) {
        file(name).readRows(name, firstRow, rows, target);
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw Refusal.misused(path, "holds no tensor " + name);
        }
        return file;
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }
}
