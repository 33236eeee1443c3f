import { Body, Controller, Delete, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import type { z } from 'zod';
import type { Principal } from '../../../kernel/access/principal.js';
import { CurrentPrincipal, Requires } from '../../../platform/access/index.js';
import { DataBody } from '../../../platform/http/body/index.js';
import { Idempotent } from '../../../platform/idempotency/index.js';
import { Answers, AnswersNothing, Refuses } from '../../../platform/http/index.js';
import type { Page } from '../../../platform/http/paging/index.js';
import { watchForLeave } from '../request/watch-client.js';
import { DeleteDictionaryService } from './delete-dictionary.service.js';
import { DictionariesService } from './dictionaries.service.js';
import { DictionaryId, DictionaryPage, DictionaryQuery, DictionaryView, NewDictionary } from './dictionary.dto.js';
import { TrainDictionaryService } from './train-dictionary.service.js';

@ApiTags('Compression')
@Controller('api/compression/dictionaries')
export class DictionariesController {
  constructor(
    private readonly dictionaries: DictionariesService,
    private readonly training: TrainDictionaryService,
    private readonly deletion: DeleteDictionaryService,
  ) {}

  @Post()
  @Requires('write:compression')
  @DataBody()
  @Idempotent()
  @ApiOperation({ operationId: 'trainDictionary', summary: 'Train a dictionary from samples' })
  @Answers(201, DictionaryView, 'The dictionary, to be named by its id')
  @Refuses('REQ_006')
  train(
    @CurrentPrincipal() caller: Principal,
    @Body({ schema: NewDictionary }) body: z.infer<typeof NewDictionary>,
    @Res({ passthrough: true }) response: Response,
  ): Promise<z.infer<typeof DictionaryView>> {
    return this.training.train(caller, body, watchForLeave(response));
  }

  @Get()
  @Requires('read:compression')
  @ApiOperation({ operationId: 'listDictionaries', summary: 'List your dictionaries, newest first' })
  @Answers(200, DictionaryPage, 'A page of dictionaries')
  list(
    @CurrentPrincipal() caller: Principal,
    @Query({ schema: DictionaryQuery }) query: z.infer<typeof DictionaryQuery>,
  ): Promise<Page<z.infer<typeof DictionaryView>>> {
    return this.dictionaries.list(caller, query);
  }

  @Get(':id')
  @Requires('read:compression')
  @ApiOperation({ operationId: 'getDictionary', summary: 'Get a dictionary' })
  @Answers(200, DictionaryView, 'The dictionary')
  @Refuses('COMP_003')
  get(
    @CurrentPrincipal() caller: Principal,
    @Param('id', { schema: DictionaryId }) id: string,
  ): Promise<z.infer<typeof DictionaryView>> {
    return this.dictionaries.get(caller, id);
  }

  @Delete(':id')
  @Requires('write:compression')
  @ApiOperation({ operationId: 'deleteDictionary', summary: 'Delete a dictionary' })
  @AnswersNothing('Deleted; also when it was deleted before')
  @Refuses('COMP_003')
  delete(@CurrentPrincipal() caller: Principal, @Param('id', { schema: DictionaryId }) id: string): Promise<void> {
    return this.deletion.delete(caller, id);
  }
}
