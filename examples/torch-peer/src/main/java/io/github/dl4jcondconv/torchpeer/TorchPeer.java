package io.github.dl4jcondconv.torchpeer;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.global.torch;

/**
 * Answers each line of standard input with one line on standard output, {@code ok} with what was asked for or
 * {@code error} with the reason:
 *
 * <ul>
 *   <li>{@code threads N}
 *   <li>{@code tensor NAME KIND SHAPE FILE}: a {@link TensorKind}, a shape such as {@code 2,3,4} and a file of its
 *       floats in C order, little endian
 *   <li>{@code op RESULT OPERATION [ARGUMENT | key=value]...}: one line of the program, see {@link Operation}
 *   <li>{@code predict RESULT}, {@code gradient RESULT UPSTREAM}, {@code fit LOSS LEARNING_RATE MOMENTUM}: what one run
 *       does with the program
 *   <li>{@code run}: runs once and tells the milliseconds
 *   <li>{@code fetch NAME FILE}, {@code fetch-gradient NAME FILE}: writes a tensor of the last run
 *   <li>{@code reset}: forgets tensors and program
 *   <li>{@code version}
 * </ul>
 *
 * It ends with its input.
 */
public final class TorchPeer {
    private static final String VERSION = "PyTorch 2.10.0";

    private Program program = new Program();

    private TorchPeer() {}

    /** Runs until standard input ends. */
    public static void main(String[] args) throws IOException {
        TorchPeer peer = new TorchPeer();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(peer.answer(List.of(line.split(" "))));
        }
    }

    private String answer(List<String> words) {
        try {
            return ("ok " + execute(words.get(0), words.subList(1, words.size()))).strip();
        } catch (IOException | RuntimeException e) {
            return "error " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
        }
    }

    private Object execute(String command, List<String> words) throws IOException {
        switch (command) {
            case "version" -> {
                return VERSION;
            }
            case "threads" -> torch.set_num_threads(Integer.parseInt(words.get(0)));
            case "tensor" ->
                program.tensor(
                        words.get(0),
                        TensorKind.of(words.get(1)),
                        Files.read(Path.of(words.get(3)), shape(words.get(2))));
            case "op" -> program.operation(Call.parse(words));
            case "predict" -> program.predict(words.get(0));
            case "gradient" -> program.gradient(words.get(0), words.get(1));
            case "fit" -> program.fit(words.get(0), Double.parseDouble(words.get(1)), Double.parseDouble(words.get(2)));
            case "run" -> {
                return program.run();
            }
            case "fetch" -> Files.write(Path.of(words.get(1)), program.value(words.get(0)));
            case "fetch-gradient" ->
                Files.write(Path.of(words.get(1)), program.value(words.get(0)).grad());
            case "reset" -> {
                program.close();
                program = new Program();
            }
            default -> throw new IllegalArgumentException("no command " + command);
        }
        return "";
    }

    private static long[] shape(String text) {
        return Arrays.stream(text.split(",")).mapToLong(Long::parseLong).toArray();
    }
}
