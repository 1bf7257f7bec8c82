package io.github.dl4jcondconv.train;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/**
 * Tells whether an encoded image is all there, before a native decoder sees it.
 *
 * <p>OpenCV decodes a truncated JPEG without complaint and fills the rest with grey; for a damaged PNG or BMP it
 * writes to the process's standard error, where no Java logger can reach it. These formats are recognised by content,
 * as file names are often wrong. Other formats are left to the decoder, which refuses them when they are damaged.
 */
final class EncodedImage {

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int PNG_END = 0x49454E44;

    private static final short JPEG_SIGNATURE = (short) 0xFFD8;
    private static final int JPEG_TEMPORARY = 0x01;
    private static final int JPEG_RESTART_FIRST = 0xD0;
    private static final int JPEG_END = 0xD9;

    private static final short BMP_SIGNATURE = 'B' << 8 | 'M';
    private static final int BMP_UNCOMPRESSED = 0;

    private EncodedImage() {}

    static void requireComplete(byte[] encoded) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(encoded);
        try {
            if (encoded.length >= Long.BYTES && bytes.getLong(0) == PNG_SIGNATURE) {
                walkPng(bytes.position(Long.BYTES));
            } else if (encoded.length >= Short.BYTES && bytes.getShort(0) == JPEG_SIGNATURE) {
                walkJpeg(bytes);
            } else if (encoded.length >= Short.BYTES && bytes.getShort(0) == BMP_SIGNATURE) {
                skipBmp(bytes.order(ByteOrder.LITTLE_ENDIAN));
            } else if (encoded.length == 0) {
                throw new IOException("the file is empty");
            }
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("the file is truncated", e);
        }
    }

    /** A PNG is a row of chunks [length, type, data, check sum]; the last has the type IEND. */
    private static void walkPng(ByteBuffer bytes) throws IOException {
        int type;
        do {
            int length = bytes.getInt();
            CRC32 sum = new CRC32();
            int start = bytes.position();
            type = bytes.getInt();
            bytes.position(bytes.position() + length);
            sum.update(bytes.array(), start, bytes.position() - start);
            if (bytes.getInt() != (int) sum.getValue()) {
                throw new IOException("the file is damaged (PNG check sum)");
            }
        } while (type != PNG_END);
    }

    /** A JPEG is a row of markers, most with a segment [length, data], some followed by compressed pixels. */
    private static void walkJpeg(ByteBuffer bytes) {
        int marker;
        do {
            marker = nextMarker(bytes);
            if (hasSegment(marker)) {
                int length = Short.toUnsignedInt(bytes.getShort());
                bytes.position(bytes.position() + length - Short.BYTES);
            }
        } while (marker != JPEG_END);
    }

    /** Compressed pixels write a byte 0xFF as 0xFF 0x00; before a marker, any number of 0xFF may stand. */
    private static int nextMarker(ByteBuffer bytes) {
        int previous;
        int current = 0;
        do {
            previous = current;
            current = Byte.toUnsignedInt(bytes.get());
        } while (previous != 0xFF || current == 0xFF || current == 0x00);
        return current;
    }

    private static boolean hasSegment(int marker) {
        return marker != JPEG_TEMPORARY && (marker < JPEG_RESTART_FIRST || marker > JPEG_END);
    }

    /**
     * An uncompressed BMP ends with rows of pixels, each of whole 32-bit words; the file size in its header is often
     * wrong.
     */
    private static void skipBmp(ByteBuffer bytes) {
        int pixels = bytes.getInt(10);
        long width = bytes.getInt(18);
        long height = Math.abs((long) bytes.getInt(22));
        int bitsPerPixel = bytes.getShort(28);
        boolean uncompressed = bytes.getInt(30) == BMP_UNCOMPRESSED;
        long rowBytes = (width * bitsPerPixel + 31) / 32 * Integer.BYTES;
        if (uncompressed && bytes.capacity() < pixels + height * rowBytes) {
            throw new BufferUnderflowException();
        }
    }
}
