/* FANN: the network of `classic`, sigmoids everywhere.
 *
 *     fann_peer SIZES LEARNING-RATE BATCH EPOCHS SEED mini-batch|incremental DATA
 *
 * "mini-batch" passes FANN's batch training one batch at a time, as views of the shuffled examples; "incremental" is
 * FANN's own training after each example.
 *
 * What differs from Nabla: FANN's error is halved, so it is given twice the learning rate. (With "incremental", the
 * step of an example is then divided by the batch size, so that an epoch goes as far.) It keeps the slope of a sigmoid
 * away from 0 by clipping values to 0.01 … 0.99. It uses one thread.
 */
#include <fann.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CLASSES = 10 };

static unsigned char *read_idx(const char *folder, const char *name, int rank, unsigned *count, unsigned *width)
{
    char path[4096];
    unsigned char head[16];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file || fread(head, 1, 4 + 4 * rank, file) != 4u + 4 * rank) {
        fprintf(stderr, "cannot read %s\n", name);
        exit(1);
    }
    unsigned sizes[3] = { 1, 1, 1 };
    for (int i = 0; i < rank; i++)
        sizes[i] = (unsigned)head[4 + 4 * i] << 24 | head[5 + 4 * i] << 16 | head[6 + 4 * i] << 8 | head[7 + 4 * i];
    *count = sizes[0];
    *width = sizes[1] * sizes[2];
    unsigned char *bytes = malloc((size_t)*count * *width);
    if (fread(bytes, *width, *count, file) != *count)
        exit(1);
    fclose(file);
    return bytes;
}

struct examples {
    unsigned count, width;
    fann_type *x;
    unsigned char *labels;
};

static struct examples load(const char *folder, const char *images, const char *labels)
{
    struct examples e;
    unsigned one;
    unsigned char *bytes = read_idx(folder, images, 3, &e.count, &e.width);
    e.labels = read_idx(folder, labels, 1, &e.count, &one);
    e.x = malloc(sizeof *e.x * e.count * e.width);
    for (size_t i = 0; i < (size_t)e.count * e.width; i++)
        e.x[i] = bytes[i] / 255.0f;
    free(bytes);
    return e;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "fann_peer SIZES LEARNING-RATE BATCH EPOCHS SEED mini-batch|incremental DATA\n");
        return 2;
    }
    unsigned sizes[16], layers = 0;
    for (char *part = strtok(argv[1], ","); part && layers < 16; part = strtok(NULL, ","))
        sizes[layers++] = (unsigned)atoi(part);
    double rate = atof(argv[2]);
    unsigned batch = (unsigned)atoi(argv[3]);
    int epochs = atoi(argv[4]), incremental = strcmp(argv[6], "incremental") == 0;
    srand((unsigned)atoi(argv[5]));

    struct examples train = load(argv[7], "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    struct fann *ann = fann_create_standard_array(layers, sizes);
    fann_set_activation_function_hidden(ann, FANN_SIGMOID);
    fann_set_activation_function_output(ann, FANN_SIGMOID);
    fann_set_activation_steepness_hidden(ann, 0.5f);        /* 1 / (1 + e^-2sz): with 0.5, the logistic function */
    fann_set_activation_steepness_output(ann, 0.5f);
    fann_set_train_error_function(ann, FANN_ERRORFUNC_LINEAR);
    fann_set_training_algorithm(ann, incremental ? FANN_TRAIN_INCREMENTAL : FANN_TRAIN_BATCH);
    fann_set_learning_rate(ann, (float)(incremental ? rate / batch : rate));
    struct fann_connection *connections = malloc(sizeof *connections * fann_get_total_connections(ann));
    fann_get_connection_array(ann, connections);
    for (unsigned i = 0, c = 0; i + 1 < layers; i++) {      /* Glorot; a neuron's last connection is its bias */
        double reach = sqrt(6.0 / (sizes[i] + sizes[i + 1]));
        for (unsigned o = 0; o < sizes[i + 1]; o++)
            for (unsigned k = 0; k <= sizes[i]; k++, c++)
                connections[c].weight = k == sizes[i] ? 0 : (fann_type)(reach * (2.0 * rand() / RAND_MAX - 1));
    }
    fann_set_weight_array(ann, connections, fann_get_total_connections(ann));

    fann_type targets[CLASSES][CLASSES] = { { 0 } };
    for (int c = 0; c < CLASSES; c++)
        targets[c][c] = 1;
    fann_type **x = malloc(sizeof *x * train.count), **y = malloc(sizeof *y * train.count);
    unsigned *order = malloc(sizeof *order * train.count);
    for (unsigned i = 0; i < train.count; i++)
        order[i] = i;
    struct fann_train_data view;
    memset(&view, 0, sizeof view);
    view.num_input = train.width;
    view.num_output = CLASSES;

    printf("{\"seconds\": [");
    for (int epoch = 0; epoch < epochs; epoch++) {
        double started = now();
        for (unsigned i = train.count - 1; i > 0; i--) {
            unsigned j = (unsigned)(rand() % (i + 1)), swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        for (unsigned i = 0; i < train.count; i++) {
            x[i] = train.x + (size_t)order[i] * train.width;
            y[i] = targets[train.labels[order[i]]];
        }
        if (incremental) {
            for (unsigned i = 0; i < train.count; i++)
                fann_train(ann, x[i], y[i]);
        } else {
            for (unsigned start = 0; start < train.count; start += batch) {
                view.num_data = train.count - start < batch ? train.count - start : batch;
                view.input = x + start;
                view.output = y + start;
                fann_train_epoch(ann, &view);
            }
        }
        printf("%s%.6f", epoch ? ", " : "", now() - started);
    }

    struct examples test = load(argv[7], "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
    unsigned correct = 0;
    for (unsigned i = 0; i < test.count; i++) {
        fann_type *output = fann_run(ann, test.x + (size_t)i * test.width);
        int best = 0;
        for (int c = 1; c < CLASSES; c++)
            if (output[c] > output[best])
                best = c;
        correct += best == test.labels[i];
    }
    printf("], \"accuracy\": %.4f, \"version\": \"FANN 2, float\"}\n", (double)correct / test.count);
    return 0;
}
