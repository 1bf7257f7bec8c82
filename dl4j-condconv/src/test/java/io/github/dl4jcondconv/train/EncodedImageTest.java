package io.github.dl4jcondconv.train;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedImageTest {

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp"})
    void aWholeImageIsComplete(String format) throws IOException {
        byte[] whole = TestImages.encode(format, 9, 7);
        assertThatCode(() -> EncodedImage.requireComplete(whole)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void whatFollowsTheEndDoesNotMatter(String format) throws IOException {
        byte[] image = TestImages.encode(format, 9, 7);
        byte[] longer = Arrays.copyOf(image, image.length + 5);
        assertThatCode(() -> EncodedImage.requireComplete(longer)).doesNotThrowAnyException();
    }

    /** From the point on where the format can be told. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp"})
    void noBeginningOfAnImageIsComplete(String format) throws IOException {
        byte[] whole = TestImages.encode(format, 9, 7);
        for (int length = 8; length < whole.length; length++) {
            byte[] truncated = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> EncodedImage.requireComplete(truncated))
                    .as("%d of %d bytes", length, whole.length)
                    .isInstanceOf(IOException.class)
                    .hasMessage("the file is truncated");
        }
    }

    /** A thumbnail in the header ends with the marker that ends the image. */
    @Test
    void theEndOfAThumbnailIsNotTheEndOfTheJpeg() throws IOException {
        byte[] image = TestImages.encode("jpg", 9, 7);
        byte[] thumbnail = TestImages.encode("jpg", 3, 3);
        ByteArrayOutputStream withThumbnail = new ByteArrayOutputStream();
        withThumbnail.write(image, 0, 2);
        withThumbnail.writeBytes(new byte[] {(byte) 0xFF, (byte) 0xE1});
        withThumbnail.writeBytes(new byte[] {(byte) ((thumbnail.length + 2) >> 8), (byte) (thumbnail.length + 2)});
        withThumbnail.writeBytes(thumbnail);
        withThumbnail.write(image, 2, image.length - 2);
        byte[] whole = withThumbnail.toByteArray();

        assertThatCode(() -> EncodedImage.requireComplete(whole)).doesNotThrowAnyException();
        byte[] truncated = Arrays.copyOf(whole, whole.length - 2);
        assertThatThrownBy(() -> EncodedImage.requireComplete(truncated)).hasMessage("the file is truncated");
    }

    @Test
    void aChangedBitInAPngIsFound() throws IOException {
        byte[] image = TestImages.encode("png", 9, 7);
        image[image.length / 2] ^= 4;
        assertThatThrownBy(() -> EncodedImage.requireComplete(image)).hasMessage("the file is damaged (PNG check sum)");
    }

    @Test
    void anEmptyFileIsNotComplete() {
        assertThatThrownBy(() -> EncodedImage.requireComplete(new byte[0])).hasMessage("the file is empty");
    }
}
