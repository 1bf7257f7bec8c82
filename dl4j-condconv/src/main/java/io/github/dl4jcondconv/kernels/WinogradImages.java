package io.github.dl4jcondconv.kernels;

import io.github.dl4jcondconv.onednn.Window;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Images cut into tiles for {@linkplain Winograd Winograd's algorithm}, a product in each of its planes. A row of tiles in
 * memory has an empty one at its end, and inputs have an empty row: what a tile reads of the next ones then has the same
 * distance everywhere.
 */
final class WinogradImages implements ImageProducts {
    /** Numbers of a vector: enough to be worth the calls for them, few enough that those of all planes stay in a cache. */
    private static final int VECTOR = 1 << 9;

    private final Winograd winograd;
    private final Window window;
    private final INDArray images;
    private final INDArray outputs;
    private final OutputImages output;
    private final int channels;
    private final int pitch;

    /**
     * @param window dense, 3x3
     * @param images [N, C, H, W], dense
     * @param outputs [N, nOut, H', W'], dense
     */
    WinogradImages(Winograd winograd, Window window, INDArray images, INDArray outputs) {
        this.winograd = winograd;
        this.window = window;
        this.images = images;
        this.outputs = outputs;
        output = OutputImages.of(outputs);
        channels = Math.toIntExact(images.size(1));
        pitch = tiles(output.width()) + 1;
    }

    private int tiles(int pixels) {
        return (pixels + winograd.side() - 1) / winograd.side();
    }

    @Override
    public int planes() {
        return winograd.planes();
    }

    @Override
    public OutputImages output() {
        return output;
    }

    @Override
    public int height() {
        return tiles(output.height());
    }

    @Override
    public boolean imagesAreInputs() {
        return false;
    }

    @Override
    public long rowSize() {
        return (long) winograd.planes() * channels * pitch;
    }

    @Override
    public long inputSize(int rows) {
        return (rows + 1) * rowSize();
    }

    @Override
    public INDArray memory(int images, int rows) {
        return Rows.of(Rows.Use.COLUMNS, images * inputSize(rows)).array();
    }

    @Override
    public Matrix inputs(INDArray memory, int slot, int example, Band band) {
        return Matrix.of(
                        memory,
                        slot * inputSize(band.rows()),
                        (long) winograd.planes() * channels,
                        (band.rows() + 1L) * pitch)
                .columns(0, band.rows() * pitch);
    }

    @Override
    public void gather(Matrix inputs, int example, Band band) {
        TiledChannels tiles = inputTiles(band);
        ChannelGroups groups = new ChannelGroups(inputs, planes(), channels, tiles);
        FloatBuffer image = example(images, example).numbers();
        groups.each((c, count) -> {
            tiles.load(image, c, count);
            tiles.copyTo(groups.pixels(), winograd.reach());
            groups.transform(winograd.toInput(), groups.pixels(), groups.planes());
            groups.put(c, count);
        });
    }

    @Override
    public Matrix outputs(int example, Tile tile, Band band) {
        long rows = (long) winograd.planes() * tile.outputs();
        long length = (long) band.rows() * pitch;
        return Matrix.of(Rows.of(Rows.Use.PRODUCTS, rows * length).array(), 0, rows, length);
    }

    @Override
    public void store(Matrix computed, int example, Tile tile, Band band) {
        TiledChannels tiles = outputTiles(band);
        ChannelGroups groups = new ChannelGroups(computed, planes(), tile.outputs(), tiles);
        FloatBuffer image = example(outputs, example).numbers();
        groups.each((o, count) -> {
            groups.get(o, count);
            groups.transform(winograd.toOutput(), groups.planes(), tiles.values());
            tiles.store(image, tile.output() + o, count);
        });
    }

    @Override
    public Matrix upstream(int example, Tile tile, Band band) {
        Matrix result = outputs(example, tile, band);
        TiledChannels tiles = outputTiles(band);
        ChannelGroups groups = new ChannelGroups(result, planes(), tile.outputs(), tiles);
        FloatBuffer image = example(outputs, example).numbers();
        groups.each((o, count) -> {
            tiles.load(image, tile.output() + o, count);
            groups.transform(winograd.fromOutput(), tiles.values(), groups.planes());
            groups.put(o, count);
        });
        return result;
    }

    private int together(int rows) {
        return Math.max(1, VECTOR / (rows * pitch));
    }

    private TiledChannels inputTiles(Band band) {
        return new TiledChannels(
                together(band.rows() + 1),
                winograd.side(),
                band.rows() + 1,
                pitch,
                Math.toIntExact(images.size(2)),
                Math.toIntExact(images.size(3)),
                (int) window.top() - winograd.side() * band.from(),
                (int) window.left());
    }

    private TiledChannels outputTiles(Band band) {
        return new TiledChannels(
                together(band.rows()),
                winograd.side(),
                band.rows(),
                pitch,
                output.height(),
                output.width(),
                -winograd.side() * band.from(),
                0);
    }

    private static Matrix example(INDArray images, int example) {
        long size = images.length() / images.size(0);
        return Matrix.of(images, example * size, 1, size);
    }
}
