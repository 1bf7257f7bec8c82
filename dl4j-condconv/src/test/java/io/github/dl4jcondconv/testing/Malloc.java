package io.github.dl4jcondconv.testing;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Structure;
import java.util.List;

/** The C library's own count of the memory that is in use: unlike the process's size exact to a few bytes. */
final class Malloc {
    private static final Function MALLINFO = function();

    private Malloc() {}

    /** Whether the C library counts: the GNU one does, from version 2.33. */
    static boolean counts() {
        return MALLINFO != null;
    }

    /** Bytes that were allocated and not freed, by whatever runs in this process. Java's heap is none of them. */
    static long bytes() {
        Info info = (Info) MALLINFO.invoke(Info.class, new Object[0]);
        return info.uordblks + info.hblkhd;
    }

    private static Function function() {
        try {
            return NativeLibrary.getInstance("c").getFunction("mallinfo2");
        } catch (UnsatisfiedLinkError e) {
            return null;
        }
    }

    /** C's struct mallinfo2. */
    public static final class Info extends Structure implements Structure.ByValue {
        public long arena;
        public long ordblks;
        public long smblks;
        public long hblks;
        /** In pieces large enough to be mapped one by one. */
        public long hblkhd;

        public long usmblks;
        public long fsmblks;
        /** In all other pieces. */
        public long uordblks;

        public long fordblks;
        public long keepcost;

        @Override
        protected List<String> getFieldOrder() {
            return List.of(
                    "arena",
                    "ordblks",
                    "smblks",
                    "hblks",
                    "hblkhd",
                    "usmblks",
                    "fsmblks",
                    "uordblks",
                    "fordblks",
                    "keepcost");
        }
    }
}
