package io.github.dl4jcondconv.examples.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** libtorch in a process of its own: its JavaCPP and ND4J's cannot share one. The module torch-peer answers there. */
final class TorchProcess implements AutoCloseable {
    private static final String MAIN = "io.github.dl4jcondconv.torchpeer.TorchPeer";

    private final Path exchange;
    private final Process process;
    private final PrintWriter questions;
    private final BufferedReader answers;

    /**
     * @param module the target folder of the module torch-peer
     * @throws IllegalArgumentException if that has not been built
     */
    TorchProcess(Path module, int threads) {
        Path classPath = module.resolve("class-path");
        if (!Files.isRegularFile(classPath)) {
            throw new IllegalArgumentException(classPath + " does not exist: build with -Ppeers");
        }
        try {
            exchange = Files.createTempDirectory("torch-peer");
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    module.resolve("classes") + System.getProperty("path.separator") + Files.readString(classPath),
                    MAIN);
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
            builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start libtorch", e);
        }
        questions = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        ask("threads " + threads);
    }

    /** Says one line and returns what is answered to it. */
    String ask(String line) {
        questions.println(line);
        try {
            String answer = answers.readLine();
            if (answer == null || !answer.startsWith("ok")) {
                throw new IllegalStateException("libtorch on \"" + line + "\": " + answer);
            }
            return answer.substring(2).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gives it an array. */
    void tensor(String name, String kind, INDArray values) {
        Path file = exchange.resolve("given");
        INDArray dense = values.castTo(DataType.FLOAT).dup('c');
        ByteBuffer bytes = dense.data().asNio().order(ByteOrder.nativeOrder());
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String shape = Arrays.stream(values.shape()).mapToObj(Long::toString).collect(Collectors.joining(","));
        ask("tensor %s %s %s %s".formatted(name, kind, shape, file));
    }

    /** A tensor of its last run, flat. */
    INDArray fetch(String name) {
        return fetched("fetch", name);
    }

    /** The gradient of its last run with respect to a tensor, flat. */
    INDArray fetchGradient(String name) {
        return fetched("fetch-gradient", name);
    }

    private INDArray fetched(String command, String name) {
        Path file = exchange.resolve("fetched");
        try {
            Files.deleteIfExists(file);
            ask(command + " " + name + " " + file);
            float[] values = new float[(int) (Files.size(file) / Float.BYTES)];
            ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer()
                    .get(values);
            return Nd4j.createFromArray(values);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process. */
    @Override
    public void close() {
        questions.close();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            for (String name : List.of("given", "fetched")) {
                Files.deleteIfExists(exchange.resolve(name));
            }
            Files.delete(exchange);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
