package io.github.dl4jcondconv.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dl4jcondconv.testing.OwnJvm;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneDnnTest {
    @Test
    void threadsMayBeSetBeforeNd4jHasDoneAnything() {
        assertThat(OwnJvm.run(SetThreads.class, List.of(), "3")).isEqualTo("3 threads");
    }

    static final class SetThreads {
        public static void main(String[] threads) {
            OneDnn.setThreads(Integer.parseInt(threads[0]));
            System.out.println(OneDnn.threads() + " threads");
        }
    }
}
