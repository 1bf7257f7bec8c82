package io.github.dl4jcondconv.export;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.CopyOption;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.UUID;

/** A file that appears whole or not at all: written beside its target under another name, then moved onto it. */
final class AtomicFile {
    private static final int BUFFER = 1 << 16;

    private final Path target;
    private final boolean overwrite;

    /** What fills the file. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Checks what can be known before anything is computed.
     *
     * @throws IOException if the directory does not exist, or something exists at the target that may not be replaced
     */
    AtomicFile(Path target, boolean overwrite) throws IOException {
        this.target = target.toAbsolutePath();
        this.overwrite = overwrite;
        if (!Files.isDirectory(this.target.getParent())) {
            throw new NotDirectoryException(this.target.getParent() + " (the directory to write into)");
        }
        checkTarget();
    }

    private void checkTarget() throws IOException {
        if (Files.isDirectory(target)) {
            throw new FileSystemException(target.toString(), null, "is a directory, not a file to write");
        }
        if (!overwrite && Files.exists(target)) {
            throw new FileAlreadyExistsException(target.toString(), null, "exists and overwriting was not asked for");
        }
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new FileSystemException(target.toString(), null, "is no regular file");
        }
        if (Files.exists(target) && isReadOnly()) {
            throw new FileSystemException(target.toString(), null, "is read-only");
        }
    }

    /** To root everything is writable, also what its owner has protected. */
    private boolean isReadOnly() throws IOException {
        PosixFileAttributeView posix = Files.getFileAttributeView(target, PosixFileAttributeView.class);
        return !Files.isWritable(target)
                || posix != null && !posix.readAttributes().permissions().contains(PosixFilePermission.OWNER_WRITE);
    }

    /** Writes the file; after an exception the target is as it was and nothing is left beside it. */
    void write(Content content) throws IOException {
        Path partial = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            fill(partial, content);
            checkTarget();
            CopyOption[] options = overwrite ? new CopyOption[] {StandardCopyOption.ATOMIC_MOVE} : new CopyOption[0];
            Files.move(partial, target, options);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private void fill(Path partial, Content content) throws IOException {
        try (OutputStream out =
                new BufferedOutputStream(Files.newOutputStream(partial, StandardOpenOption.CREATE_NEW), BUFFER)) {
            content.writeTo(out);
        } catch (IOException e) {
            throw new IOException("cannot write " + target + ": " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileSystemException f && f.getReason() == null) {
            return f.getClass().getSimpleName();
        }
        return e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    }
}
